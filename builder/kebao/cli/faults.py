"""What a command says when it could not do its work."""

from __future__ import annotations

from kebao.assembly.changed_paths import ChangesUnknownError
from kebao.assembly.output_folder import OutputFolderError
from kebao.assembly.site_build import BuildError
from kebao.assembly.site_parts import PartError
from kebao.audit.report import AuditError
from kebao.bundles.archive import BundleError
from kebao.cli.console import Console
from kebao.pages.texts import MissingTextError


def say_why(error: Exception, console: Console) -> bool:
    """Says why, and what to do; False for an error that is a fault of Kebao's own."""
    match error:
        case OutputFolderError():
            text = "{folder} holds files that kebao did not write; name another folder with --out."
            console.fault(text, folder=error)
        case AuditError() | ChangesUnknownError() | PartError():
            console.failure(error.message)
        case BuildError() | BundleError():
            console.fault("The build failed: {reason}", reason=error)
        case MissingTextError():
            console.fault("An interface text is missing: {reason}", reason=error.args[0])
        case _:
            return False
    return True

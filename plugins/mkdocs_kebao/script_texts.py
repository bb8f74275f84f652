"""The words of the scripts in a shard's locale, as the data file ``search/texts.js``."""

from __future__ import annotations

import hashlib
import json

from kebao.pages.texts import Texts

#: Interface texts that scripts say; scripts name them without it.
PREFIX = "script."
SCRIPT_TEXTS_URI = "search/texts.js"


def script_texts_hash(texts: Texts) -> str:
    """What a cached ``texts.js`` is told from a newer one by: 8 hex digits."""
    return hashlib.sha256(_payload(texts).encode()).hexdigest()[:8]


def script_texts_js(texts: Texts) -> str:
    """One call with ``{key: text}``; the keys are those of the interface texts without ``script.``."""
    return f'Kebao.put("texts","{script_texts_hash(texts)}",{_payload(texts)});\n'


def _payload(texts: Texts) -> str:
    said = {key.removeprefix(PREFIX): text for key, text in texts.texts.items() if key.startswith(PREFIX)}
    written = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # JSON that is also a script: old engines end a line at U+2028, and HTML a script at </.
    return written.replace("</", "<\\/").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")

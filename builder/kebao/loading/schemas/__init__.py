"""JSON Schemas of what authors write, for their editors: completion, explanation and underlining as they type."""

from kebao.loading.schemas.authored_document import DOCUMENTS, AuthoredDocument
from kebao.loading.schemas.json_schema import schema_for

__all__ = ["DOCUMENTS", "AuthoredDocument", "schema_for"]

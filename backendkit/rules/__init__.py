"""The linter of a design: what is missing, dangling or doubled, and what would not hold in use."""

from backendkit.rules import (
    api,
    architecture,
    database,
    development,
    environment,
    general,
    requirements,
    security,
    threats,
)
from backendkit.rules.engine import (
    Finding,
    Rule,
    Waived,
    as_json,
    as_text,
    catalogue,
    check,
    explain,
    waived,
)

__all__ = ["Finding", "Rule", "Waived", "as_json", "as_text", "catalogue", "check", "explain", "waived"]
_FILLED_BY = (
    general,
    requirements,
    architecture,
    database,
    api,
    environment,
    development,
    security,
    threats,
)  # importing them makes the catalogue

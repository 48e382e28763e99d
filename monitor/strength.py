"""How hard words are to change quietly, by the place where they stand. Pure."""

from enum import StrEnum

from monitor.model import Role


class Strength(StrEnum):
    """The strongest first."""

    COURT_ORDER = "court_order"
    STATUTE = "statute"
    CONTRACT_TERMS = "contract_terms"
    POLICY = "policy"
    PUBLIC_STATEMENT = "public_statement"
    PRESS_REPLY = "press_reply"

    @property
    def rank(self) -> int:
        """0 for the strongest."""
        return tuple(Strength).index(self)


_OF_ROLES = {
    Role.TERMS: Strength.CONTRACT_TERMS,
    Role.POLICY: Strength.POLICY,
    Role.TRANSPARENCY_REPORT: Strength.POLICY,
}


def of_role(role: Role) -> Strength:
    """Of a page of this kind: what is neither terms nor policy is a public statement."""
    return _OF_ROLES.get(role, Strength.PUBLIC_STATEMENT)

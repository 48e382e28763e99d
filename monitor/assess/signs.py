"""The sign table: what each change of a slot means for people, in a protection and in a permission.

A protection refuses, limits, requires or promises; a permission (or a practice) lets it happen. Each row has
its own example in tests/test_signs.py.
"""

from dataclasses import dataclass

from monitor.model import Direction, FindingKind

_K = FindingKind
_WEAKER, _STRONGER, _UNCLEAR = Direction.WEAKER, Direction.STRONGER, Direction.UNCLEAR


@dataclass(frozen=True, slots=True)
class Sign:
    """One row. sure: False where a person should look. The reason shows the words {before} and {after}."""

    rule: str
    kind: FindingKind
    protection: Direction
    permission: Direction
    reason: str
    sure: bool = True


_TABLE = (
    # ------------------------------------------------------------------ who and how firmly
    Sign("polarity-reversed", _K.REVERSED, _WEAKER, _STRONGER, "What was {before} is now {after}."),
    Sign("polarity-blurred", _K.REVERSED, _WEAKER, _STRONGER,
         "What was {before} seems to be {after} now.", sure=False),
    Sign("heading-lost", _K.REVERSED, _UNCLEAR, _UNCLEAR,
         "The words that govern it stood in a heading that the other side does not have.", sure=False),
    Sign("force-lowered", _K.FORCE, _WEAKER, _STRONGER, "{before} became {after}: the words bind less."),
    Sign("force-raised", _K.FORCE, _STRONGER, _WEAKER, "{before} became {after}: the words bind more."),
    Sign("row-opened", _K.REVERSED, _WEAKER, _WEAKER,
         "A cell of this row that said no says yes.", sure=False),
    Sign("row-closed", _K.REVERSED, _STRONGER, _STRONGER,
         "A cell of this row that said yes says no.", sure=False),
    Sign("stance-changed", _K.FORCE, _UNCLEAR, _UNCLEAR,
         "{before} became {after}: the effect was not assessed.", sure=False),
    Sign("bearer-from-company", _K.BEARER, _WEAKER, _STRONGER,
         "The duty passed from {before} to {after}."),
    Sign("bearer-to-company", _K.BEARER, _STRONGER, _WEAKER, "The duty passed from {before} to {after}."),
    Sign("bearer-changed", _K.BEARER, _UNCLEAR, _UNCLEAR,
         "Who must act changed from {before} to {after}.", sure=False),
    Sign("actor-widened", _K.BEARER, _STRONGER, _WEAKER,
         "Whom it speaks of changed from {before} to {after}.", sure=False),
    Sign("actor-narrowed", _K.BEARER, _WEAKER, _STRONGER,
         "Whom it speaks of changed from {before} to {after}.", sure=False),
    # ------------------------------------------------------------------ how long
    Sign("term-shortened", _K.TERM, _WEAKER, _STRONGER,
         "How long it holds changed: {before} became {after}."),
    Sign("term-lengthened", _K.TERM, _STRONGER, _WEAKER,
         "How long it holds changed: {before} became {after}."),
    Sign("term-reworded", _K.TERM, _UNCLEAR, _UNCLEAR,
         "How long it holds changed: {before} became {after}.", sure=False),
    Sign("end-loosened", _K.TERM, _WEAKER, _STRONGER,
         "What has to happen before it ends became less: {before} became {after}.", sure=False),
    Sign("end-tightened", _K.TERM, _STRONGER, _WEAKER,
         "What has to happen before it ends became more: {before} became {after}.", sure=False),
    Sign("kept-longer", _K.TERM, _WEAKER, _WEAKER, "The time named changed from {before} to {after}."),
    Sign("kept-shorter", _K.TERM, _STRONGER, _STRONGER, "The time named changed from {before} to {after}."),
    Sign("time-longer", _K.TERM, _STRONGER, _WEAKER, "The time named changed from {before} to {after}."),
    Sign("time-shorter", _K.TERM, _WEAKER, _STRONGER, "The time named changed from {before} to {after}."),
    Sign("right-longer", _K.TERM, _STRONGER, _STRONGER,
         "The time for saying no changed from {before} to {after}."),
    Sign("right-shorter", _K.TERM, _WEAKER, _WEAKER,
         "The time for saying no changed from {before} to {after}."),
    Sign("time-changed", _K.TERM, _UNCLEAR, _UNCLEAR,
         "The time named changed from {before} to {after}.", sure=False),
    # ------------------------------------------------------------------ exceptions and conditions
    Sign("exception-added", _K.EXCEPTION, _WEAKER, _STRONGER, "The exception {after} was added."),
    Sign("exception-removed", _K.EXCEPTION, _STRONGER, _WEAKER, "The exception {before} was removed."),
    Sign("exception-widened", _K.EXCEPTION, _WEAKER, _STRONGER,
         "The exception {before} became {after}.", sure=False),
    Sign("exception-narrowed", _K.EXCEPTION, _STRONGER, _WEAKER,
         "The exception {before} became {after}.", sure=False),
    Sign("exception-replaced", _K.EXCEPTION, _UNCLEAR, _UNCLEAR,
         "The exception {before} became {after}.", sure=False),
    Sign("condition-added", _K.CONDITION, _WEAKER, _STRONGER, "The condition {after} was added."),
    Sign("condition-removed", _K.CONDITION, _STRONGER, _WEAKER, "The condition {before} was removed."),
    Sign("condition-tightened", _K.CONDITION, _STRONGER, _STRONGER,
         "The condition {before} became {after}, which asks for more.", sure=False),
    Sign("condition-loosened", _K.CONDITION, _WEAKER, _WEAKER,
         "The condition {before} became {after}, which asks for less.", sure=False),
    Sign("condition-replaced", _K.CONDITION, _UNCLEAR, _UNCLEAR,
         "The condition {before} became {after}.", sure=False),
    Sign("safeguard-added", _K.CONDITION, _STRONGER, _STRONGER, "The condition {after} was added."),
    Sign("safeguard-removed", _K.CONDITION, _WEAKER, _WEAKER, "The condition {before} was removed."),
    # ------------------------------------------------------------------ how far it reaches
    Sign("hedge-added", _K.SCOPE, _WEAKER, _STRONGER, "A word that limits it ({after}) was added."),
    Sign("hedge-removed", _K.SCOPE, _STRONGER, _WEAKER, "A word that limits it ({before}) was removed."),
    Sign("technologies-widened", _K.SCOPE, _STRONGER, _WEAKER,
         "The technology named changed from {before} to {after}."),
    Sign("technologies-narrowed", _K.SCOPE, _WEAKER, _STRONGER,
         "The technology named changed from {before} to {after}."),
    Sign("technologies-changed", _K.SCOPE, _UNCLEAR, _UNCLEAR,
         "The technology named changed from {before} to {after}.", sure=False),
    Sign("actions-widened", _K.SCOPE, _STRONGER, _WEAKER,
         "The act named changed from {before} to {after}.", sure=False),
    Sign("actions-narrowed", _K.SCOPE, _WEAKER, _STRONGER,
         "The act named changed from {before} to {after}.", sure=False),
    Sign("actions-changed", _K.SCOPE, _UNCLEAR, _UNCLEAR,
         "The act named changed from {before} to {after}.", sure=False),
    Sign("parties-widened", _K.SCOPE, _STRONGER, _WEAKER,
         "The customer named changed from {before} to {after}."),
    Sign("parties-narrowed", _K.SCOPE, _WEAKER, _STRONGER,
         "The customer named changed from {before} to {after}."),
    Sign("parties-changed", _K.SCOPE, _UNCLEAR, _UNCLEAR,
         "The customer named changed from {before} to {after}.", sure=False),
    Sign("purposes-widened", _K.SCOPE, _STRONGER, _WEAKER,
         "The purpose named changed from {before} to {after}.", sure=False),
    Sign("purposes-narrowed", _K.SCOPE, _WEAKER, _STRONGER,
         "The purpose named changed from {before} to {after}.", sure=False),
    Sign("purposes-changed", _K.SCOPE, _UNCLEAR, _UNCLEAR,
         "The purpose named changed from {before} to {after}.", sure=False),
    Sign("places-widened", _K.SCOPE, _STRONGER, _WEAKER,
         "The place named changed from {before} to {after}.", sure=False),
    Sign("places-narrowed", _K.SCOPE, _WEAKER, _STRONGER,
         "The place named changed from {before} to {after}.", sure=False),
    Sign("places-changed", _K.SCOPE, _UNCLEAR, _UNCLEAR,
         "The place named changed from {before} to {after}.", sure=False),
    Sign("reach-widened", _K.SCOPE, _STRONGER, _WEAKER,
         "The words {after}, which let nothing out, were added.", sure=False),
    Sign("reach-narrowed", _K.SCOPE, _WEAKER, _STRONGER,
         "The words {before}, which let nothing out, were taken out.", sure=False),
    # ------------------------------------------------------------------ words that no slot explains
    Sign("words-added", _K.SCOPE, _WEAKER, _STRONGER,
         "The words {after} were added, and seem to narrow it.", sure=False),
    Sign("words-removed", _K.SCOPE, _STRONGER, _WEAKER,
         "The words {before}, which seem to narrow it, were taken out.", sure=False),
    Sign("items-added", _K.SCOPE, _STRONGER, _WEAKER,
         "The words {after} were added to what it covers.", sure=False),
    Sign("items-removed", _K.SCOPE, _WEAKER, _STRONGER,
         "The words {before} were taken out of what it covers.", sure=False),
    Sign("words-changed", _K.SCOPE, _UNCLEAR, _UNCLEAR,
         "The words {before} became {after}: the effect was not assessed.", sure=False),
)  # fmt: skip

SIGNS = {sign.rule: sign for sign in _TABLE}

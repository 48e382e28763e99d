"""Rows of a list that hold no holding but the sum of others, in five languages. Pure."""

from monitor.terms import folded

_NAMES = (
    "total, totals, grand total, sub total, subtotal, sum, portfolio total, total portfolio, fund total, "
    "total fund, total holdings, total investments, total net assets, net assets, "
    "summe, gesamt, gesamtsumme, endsumme, zwischensumme, teilsumme, insgesamt, summe gesamt, "
    "gesamtergebnis, gesamtportfolio, fondsvermogen, "
    "total general, sous total, somme, total portefeuille, total du portefeuille, actif net, "
    "suma, suma total, total cartera, total de la cartera, "
    "soma, total geral, soma total, total carteira, total da carteira"
)
_WORDS = frozenset(_NAMES.split(", "))


def is_total(name: str) -> bool:
    """Whether a row of this name, without any identifier, sums up others: “Total:”, “Total général”."""
    return folded(name) in _WORDS

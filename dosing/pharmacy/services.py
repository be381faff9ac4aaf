"""The acts and views of the pharmacy, in one place for its pages and its API."""

from dosing.pharmacy.preparing import discard, mark_checked, mark_prepared, release
from dosing.pharmacy.slots import preparation_id
from dosing.pharmacy.stock import destroy, find_lot, free, products_of, quarantine, receive_lot, stock
from dosing.pharmacy.worklist import PreparationView, preparation, preparations

__all__ = [
    "PreparationView",
    "destroy",
    "discard",
    "find_lot",
    "free",
    "mark_checked",
    "mark_prepared",
    "preparation",
    "preparation_id",
    "preparations",
    "products_of",
    "quarantine",
    "receive_lot",
    "release",
    "stock",
]

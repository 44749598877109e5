"""Changes of a request's state. Each is one transaction with its event, and says no with `RequestError`."""

from .deciding import decide_request
from .handling import (
    answer_part,
    complete_request,
    declare_incomplete,
    extend_deadline,
    forward_request,
    return_part,
)
from .registration import Asked, enter_request, submit_request, withdraw_request
from .steps import RequestError

__all__ = [
    "Asked",
    "RequestError",
    "answer_part",
    "complete_request",
    "decide_request",
    "declare_incomplete",
    "enter_request",
    "extend_deadline",
    "forward_request",
    "return_part",
    "submit_request",
    "withdraw_request",
]

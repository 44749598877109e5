"""What citizens ask, and how it is handled. Whatever a requester typed is encrypted in the database."""

from .disputes import Dispute, ObjectionResponse
from .handling import Assignment, Decision, Extension
from .handover import Handover
from .identity import IdentityRead
from .objections import Objection, ObjectionCounter, ObjectionDecision, ObjectionEvent, ObjectionQuerySet
from .reminders import Notice
from .requests import InformationRequest, RequestCounter, RequestEvent, RequestQuerySet, hash_of, new_token
from .tracking import TrackingCode, TrackingGuess

__all__ = [
    "Assignment",
    "Decision",
    "Dispute",
    "Extension",
    "Handover",
    "IdentityRead",
    "InformationRequest",
    "Notice",
    "Objection",
    "ObjectionCounter",
    "ObjectionDecision",
    "ObjectionEvent",
    "ObjectionQuerySet",
    "ObjectionResponse",
    "RequestCounter",
    "RequestEvent",
    "RequestQuerySet",
    "TrackingCode",
    "TrackingGuess",
    "hash_of",
    "new_token",
]

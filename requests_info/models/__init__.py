"""What citizens ask, and how it is handled. Whatever a requester typed is encrypted in the database."""

from .answers import PublishedAnswer
from .claims import Claim
from .disputes import Dispute, ObjectionResponse
from .handling import Assignment, Decision, Extension
from .handover import Handover
from .identity import IdentityRead
from .messages import FileAccess, FileForward, MessageQuerySet, RequestFile, RequestFileQuerySet, RequestMessage
from .objections import Objection, ObjectionCounter, ObjectionDecision, ObjectionEvent, ObjectionQuerySet
from .ratings import Rating
from .reminders import Notice
from .requests import (
    PARTS_KEPT,
    InformationRequest,
    RequestCounter,
    RequestEvent,
    RequestQuerySet,
    hash_of,
    new_token,
)
from .service_pages import ServicePage, ServicePageRevision
from .tracking import SentForm, TrackingCode, TrackingGuess

__all__ = [
    "PARTS_KEPT",
    "Assignment",
    "Claim",
    "Decision",
    "Dispute",
    "Extension",
    "FileAccess",
    "FileForward",
    "Handover",
    "IdentityRead",
    "InformationRequest",
    "MessageQuerySet",
    "Notice",
    "Objection",
    "ObjectionCounter",
    "ObjectionDecision",
    "ObjectionEvent",
    "ObjectionQuerySet",
    "ObjectionResponse",
    "PublishedAnswer",
    "Rating",
    "RequestCounter",
    "RequestEvent",
    "RequestFile",
    "RequestFileQuerySet",
    "RequestMessage",
    "RequestQuerySet",
    "SentForm",
    "ServicePage",
    "ServicePageRevision",
    "TrackingCode",
    "TrackingGuess",
    "hash_of",
    "new_token",
]

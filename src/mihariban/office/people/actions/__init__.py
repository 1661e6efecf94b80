"""One module per action."""

from mihariban.office.people.actions.activate_deputy import activate_deputy
from mihariban.office.people.actions.appoint import appoint
from mihariban.office.people.actions.begin_session import begin_session
from mihariban.office.people.actions.bind_subject import bind_subject
from mihariban.office.people.actions.change_credentials import change_credentials
from mihariban.office.people.actions.change_person import change_person
from mihariban.office.people.actions.close_account import close_account
from mihariban.office.people.actions.confirm_reset import confirm_reset
from mihariban.office.people.actions.correct_history import correct_history
from mihariban.office.people.actions.create_account import create_account
from mihariban.office.people.actions.designate import designate
from mihariban.office.people.actions.dismiss import dismiss
from mihariban.office.people.actions.end_activation import end_activation
from mihariban.office.people.actions.end_session import end_session
from mihariban.office.people.actions.enter_person import enter_person
from mihariban.office.people.actions.leave_post import leave_post
from mihariban.office.people.actions.link_account import link_account
from mihariban.office.people.actions.refuse_session import refuse_session
from mihariban.office.people.actions.reopen_account import reopen_account
from mihariban.office.people.actions.reset_factor import reset_factor
from mihariban.office.people.actions.reset_password import reset_password
from mihariban.office.people.actions.set_post import set_post

__all__ = [
    "activate_deputy",
    "appoint",
    "begin_session",
    "bind_subject",
    "change_credentials",
    "change_person",
    "close_account",
    "confirm_reset",
    "correct_history",
    "create_account",
    "designate",
    "dismiss",
    "end_activation",
    "end_session",
    "enter_person",
    "leave_post",
    "link_account",
    "refuse_session",
    "reopen_account",
    "reset_factor",
    "reset_password",
    "set_post",
]

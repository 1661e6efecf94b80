"""What people and wizard refuse. Shown in the browser; all share the office's exit status."""

from __future__ import annotations

from mihariban.base.errors import AccessError, InputError, StateError


class SpanUnsound(InputError):
    """Days or moments that make no span, or none that may be decided now."""

    code = "MH551"
    exit_status = 121
    ja = "期間が正しくありません。{why_ja}"
    en = "These dates cannot be. {why_en}"


class LastManager(StateError):
    """After this nobody could decide as manager."""

    code = "MH552"
    exit_status = 121
    ja = "これをすると、{day}から管理者がいなくなります。先に後任の人を管理者の職につけ、その人のアカウントを作ってから、もう一度行ってください。"
    en = "After this there is no manager from {day} on. First appoint a successor to the manager's post and give that person an account; then do this again."


class PostTaken(StateError):
    """Two people cannot hold the manager's post on one day."""

    code = "MH553"
    fields = ("first",)
    exit_status = 121
    ja = "管理者の職には{since}から別の人がついています。先にその人の最終日を入れてください。"
    en = "Somebody else holds the manager's post from {since} on. Enter that person's last day first."


class RoleHeldAlready(StateError):
    """The person is designated for the role in these days already."""

    code = "MH554"
    fields = ("role",)
    exit_status = 121
    ja = "この期間には、この人はすでに「{role_ja}」に指定されています。いまの指定を確かめてください。"
    en = 'In these days this person is designated as "{role_en}" already. Look at the present designation.'


class UsernameTaken(StateError):
    """Another account has this name."""

    code = "MH555"
    fields = ("username",)
    exit_status = 121
    ja = "このログイン名はもう使われています。別の名前にしてください。"
    en = "This login name is taken. Choose another."


class ReasonMissing(InputError):
    """The past is changed with a reason only."""

    code = "MH556"
    fields = ("reason",)
    exit_status = 121
    ja = "過ぎた日の役割を変えるには理由が要ります。「理由」に、なぜ改めるのかを書いてください。"
    en = 'Roles of days gone by are changed with a reason only. Write under "Reason" why.'


class DeputyActsAlready(StateError):
    """One acts for the manager at a time."""

    code = "MH557"
    fields = ("begins",)
    exit_status = 121
    ja = "この期間には別の職務代理の記録があります（{since} から {until} まで）。先にそれを終えるか、期間をずらしてください。"
    en = "Somebody is entered as deputy in this span ({since} to {until}). End that first, or choose another span."


class LinkTaken(StateError):
    """One person of the single sign-on opens one account."""

    code = "MH581"
    fields = ("subject",)
    exit_status = 121
    ja = "この識別子かメールアドレスは、別のアカウントに結び付けられています。その人のページで先に外してください。"
    en = "This identifier or address is linked to another account. Remove it there first."


class SingleSignOnAway(StateError):
    """The provider does not answer."""

    code = "MH582"
    exit_status = 121
    ja = "市の認証（シングルサインオン）から返事がありません。ログインのページに戻り、ユーザー名とパスワードで入ってください。続くときは情報システム担当者に伝えてください。"
    en = "The city's single sign-on does not answer. Go back to the login page and use user name and password. Tell the IT staff if it goes on."


class SingleSignOnUnsound(AccessError):
    """What the provider answered does not fit."""

    code = "MH583"
    exit_status = 121
    ja = "市の認証（シングルサインオン）の返事を確かめられなかったため、ログインできません。もう一度試し、続くときは情報システム担当者に時刻を伝えてください。"
    en = "The answer of the city's single sign-on could not be verified, so you are not logged in. Try again; tell the IT staff the time if it goes on."


class SingleSignOnUnknown(AccessError):
    """Nobody linked this person to an account."""

    code = "MH584"
    exit_status = 121
    ja = "市の認証では本人と確かめられましたが、この窓口アプリのアカウントに結び付けられていません。管理者か情報システム担当者に、結び付けを頼んでください。"
    en = "The city's single sign-on knows you, but you are not linked to an account here. Ask the manager or the IT staff to link it."

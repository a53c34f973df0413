"""Two people chat by the client that a public generator made of the OpenAPI document.

Usage: generated_client.py HOST:PORT, with the generated package `adda_client` on PYTHONPATH. The
socket's frames are read by the generated types wherever REST has them too.
"""

import asyncio
import json
import sys
import uuid

import websockets

from adda_client import AuthenticatedClient, Client
from adda_client.api.accounts import get_me, login, refresh, register
from adda_client.api.messages import list_changes, list_messages, send_message
from adda_client.api.rooms import list_members, list_rooms
from adda_client.models import (
    Authenticated,
    ChangePage,
    LoginRequest,
    Me,
    MemberPage,
    Message,
    MessagePage,
    Problem,
    RefreshRequest,
    RegisterRequest,
    RoomList,
    RoomSummary,
    SendMessageRequest,
)

ADDRESS = sys.argv[1]
API = f"http://{ADDRESS}/api/v1"
PASSWORD = "two cups of tea"
PATIENCE = 20


def of(kind, answer):
    """What was answered, which must be of this type of the generated client."""
    assert isinstance(answer.parsed, kind), (answer.status_code, answer.content)
    return answer.parsed


def sign_up(username):
    anybody = Client(base_url=API)
    request = RegisterRequest(username=username, password=PASSWORD)
    registered = of(Authenticated, register.sync_detailed(client=anybody, body=request))
    assert registered.user.username == username

    refused = LoginRequest(username=username, password="not the password")
    problem = of(Problem, login.sync_detailed(client=anybody, body=refused))
    assert problem.status == 401 and problem.code.value == "invalid_credentials", problem

    request = LoginRequest(username=username, password=PASSWORD)
    signed_in = of(Authenticated, login.sync_detailed(client=anybody, body=request))
    request = RefreshRequest(refresh_token=signed_in.refresh_token)
    return of(Authenticated, refresh.sync_detailed(client=anybody, body=request))


def looks_around(session):
    """Finds `general` with its welcome message, writes and reads; answers what was written."""
    client = AuthenticatedClient(base_url=API, token=session.access_token)
    assert of(Me, get_me.sync_detailed(client=client)) == session.user
    rooms = of(RoomList, list_rooms.sync_detailed(client=client))
    general = next(room for room in rooms.items if room.name == "general")
    assert general.last_message.text, "there is a welcome message"
    members = of(MemberPage, list_members.sync_detailed("general", client=client))
    assert session.user.id in [member.id for member in members.items]

    request = SendMessageRequest(client_id=uuid.uuid4(), text="hello by REST")
    written = of(Message, send_message.sync_detailed("general", client=client, body=request))
    again = of(Message, send_message.sync_detailed("general", client=client, body=request))
    assert again == written, "the same client_id is the same message"
    page = of(MessagePage, list_messages.sync_detailed("general", client=client))
    assert page.items[-1] == written
    changes = of(ChangePage, list_changes.sync_detailed("general", client=client, after=written.seq - 1))
    assert changes.items == [written]
    return written


class Socket:
    def __init__(self, session):
        headers = {"Authorization": f"Bearer {session.access_token}"}
        self.connecting = websockets.connect(f"ws://{ADDRESS}/ws", additional_headers=headers)

    async def __aenter__(self):
        self.connection = await self.connecting.__aenter__()
        self.ready = await self.hears("ready")
        return self

    async def __aexit__(self, *reason):
        await self.connecting.__aexit__(*reason)

    async def says(self, **frame):
        await self.connection.send(json.dumps(frame))

    async def hears(self, kind):
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = json.loads(await self.connection.recv())
                assert frame["type"] != "error", frame
                if frame["type"] == kind:
                    return frame


async def chat(mira, ravi):
    async with Socket(mira) as hers:
        async with Socket(ravi) as his:
            assert Me.from_dict(his.ready["user"]) == ravi.user
            rooms = [RoomSummary.from_dict(room) for room in his.ready["rooms"]]
            assert [room.name for room in rooms] == ["general"]

            await his.says(type="room.open", room="general")
            presence = await his.hears("room.presence")
            assert {mira.user.id, ravi.user.id} <= set(presence["online"]), presence

            await hers.says(type="typing", room="general", kind="text")
            typing = await his.hears("typing")
            assert (typing["room"], typing["user_id"]) == ("general", mira.user.id)

            await hers.says(
                type="message.send", ref="1", room="general", client_id=str(uuid.uuid4()), text="hello by socket"
            )
            acknowledged = Message.from_dict((await hers.hears("ok"))["message"])
            heard = Message.from_dict((await his.hears("message.created"))["message"])
            assert heard == acknowledged and heard.sender.id == mira.user.id

        missed = []
        for text in ["while you were away", "and once more"]:
            await hers.says(type="message.send", ref=text, room="general", client_id=str(uuid.uuid4()), text=text)
            missed.append(Message.from_dict((await hers.hears("ok"))["message"]))

        async with Socket(ravi) as his:
            epoch = his.ready["epoch"]
            await his.says(type="resume", epoch=epoch, rooms={"general": heard.seq})
            sync = await his.hears("sync")
            assert not sync["more"] and not sync["reset"], sync
            assert [Message.from_dict(message) for message in sync["messages"]] == missed

            await his.says(
                type="message.send", ref="2", room="general", client_id=str(uuid.uuid4()), text="I am back"
            )
            answer = heard
            while answer.sender.id != ravi.user.id:  # her own come back to her first
                answer = Message.from_dict((await hers.hears("message.created"))["message"])
            assert answer.text == "I am back"


mira, ravi = sign_up("mira"), sign_up("ravi")
looks_around(mira)
looks_around(ravi)
asyncio.run(chat(mira, ravi))

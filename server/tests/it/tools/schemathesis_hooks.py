"""What Schemathesis has to know of Adda: how to sign in, and which operations end the session.

Those are asked in a session of their own each time, so that the fuzzer does not sign itself out for
the rest of its run.
"""

import json
import os
import urllib.parse
import urllib.request

import schemathesis

ADDRESS = os.environ["ADDA_TEST_ADDRESS"]
USERNAME = os.environ["ADDA_TEST_USERNAME"]
PASSWORD = os.environ["ADDA_TEST_PASSWORD"]
OPEN_TO_EVERYBODY = ["register", "login", "refresh"]
ENDS_A_SESSION = ["logout", "endSession", "changePassword"]

# A request whose head is beyond the server's 32 KiB is answered by HTTP itself, and none of the document's:
# so much of it may be the query.
LONGEST_QUERY = 24_000


@schemathesis.hook
def filter_case(_context, case):
    return len(urllib.parse.urlencode(case.query or {}, doseq=True)) <= LONGEST_QUERY


@schemathesis.serializer("application/offset+octet-stream")
def as_it_is(_context, value):
    return value if isinstance(value, bytes) else str(value).encode()


class SignsIn:
    def get(self, _case, _context):
        request = urllib.request.Request(
            f"http://{ADDRESS}/api/v1/auth/login",
            data=json.dumps({"username": USERNAME, "password": PASSWORD}).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)["access_token"]

    def set(self, case, token, _context):
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.auth(refresh_interval=300).skip_for(operation_id=OPEN_TO_EVERYBODY + ENDS_A_SESSION)
class KeepsASession(SignsIn):
    pass


@schemathesis.auth(refresh_interval=None).apply_to(operation_id=ENDS_A_SESSION)
class SpendsASession(SignsIn):
    pass

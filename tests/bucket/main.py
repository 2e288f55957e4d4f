"""Uploads files to a server whose attachments lie in a bucket, reads them back, and looks into the bucket.

python main.py make-bucket ENDPOINT
python main.py ask SERVER-URL PASSWORD ENDPOINT
"""

import hashlib
import json
import os
import sys
import time
import urllib.error
import urllib.request

import boto3
import botocore.exceptions

BUCKET = "attachments"


def store(endpoint):
    """The store behind the server, asked past it."""
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    return boto3.client("s3", endpoint_url=endpoint, **keys)


def send(method, url, body=None, headers=None):
    """The status, headers and body of an answer."""
    request = urllib.request.Request(url, data=body, method=method, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def make_bucket(endpoint):
    """Makes a bucket, as soon as its server answers."""
    for _ in range(300):
        try:
            store(endpoint).create_bucket(Bucket=BUCKET)
            return
        except botocore.exceptions.EndpointConnectionError:
            time.sleep(0.1)
    raise SystemExit("the server of the bucket does not answer")


def ask(server, password, endpoint):
    """Everything that files do in a bucket."""

    def graphql(query, variables, token=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body = json.dumps({"query": query, "variables": variables}).encode()
        status, _, answer = send("POST", f"{server}/graphql", body, headers)
        answer = json.loads(answer)
        assert status == 200 and "errors" not in answer, answer
        return answer["data"]

    def here(url):
        """An address of this server."""
        return server + url[url.index("/", len("https://")):]

    bucket = store(endpoint)

    def in_bucket(key):
        """What lies in the bucket."""
        return bucket.get_object(Bucket=BUCKET, Key=f"city/{key}")["Body"].read()

    def kept(sha256):
        """Whether the bucket has the bytes."""
        return hashlib.sha256(in_bucket(f"original/{sha256[:2]}/{sha256}")).hexdigest() == sha256

    sign_in = "mutation($input: SignInInput!) { signIn(input: $input) { accessToken userErrors { message } } }"
    signed = graphql(sign_in, {"input": {"name": "editor", "password": password}})["signIn"]
    token = signed["accessToken"]
    assert token, signed

    # A picture of the city, and a smaller one of it, which is made and kept in the bucket.
    query = "{ contents(first: 100) { nodes { cover { url sha256 width rendition(preset: LIST) { url } } } } }"
    covers = [node["cover"] for node in graphql(query, {})["contents"]["nodes"] if node["cover"]]
    picture = next(cover for cover in covers if cover["width"])
    assert kept(picture["sha256"]), picture
    status, headers, body = send("GET", here(picture["rendition"]["url"]))
    assert (status, headers["Content-Type"]) == (200, "image/jpeg") and body[:2] == b"\xff\xd8", (status, headers)
    sha256 = picture["sha256"]
    assert in_bucket(f"rendition/{sha256[:2]}/{sha256}/list.jpg") == body

    # With the request: small enough for one piece, and large enough for several.
    upload = "mutation($input: UploadAttachmentInput!) { uploadAttachment(input: $input) { attachment { url size sha256 } userErrors { code message } } }"
    for size in (4, 17 << 20):
        # No program and no picture, by whatever chance.
        content = b"data" + os.urandom(1020) * (size // 1020)
        operations = json.dumps({"query": upload, "variables": {"input": {"file": None, "name": "a.bin"}}}).encode()
        parts = [("operations", "", operations), ("map", "", b'{"0": ["variables.input.file"]}'), ("0", '; filename="a.bin"', content)]
        body = b"".join(
            f'--b0undary\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + data + b"\r\n"
            for name, more, data in parts
        )
        headers = {
            "Content-Type": "multipart/form-data; boundary=b0undary",
            "GraphQL-Require-Preflight": "1",
            "Authorization": f"Bearer {token}",
        }
        status, _, answer = send("POST", f"{server}/graphql", body + b"--b0undary--\r\n", headers)
        payload = json.loads(answer)["data"]["uploadAttachment"]
        assert status == 200 and not payload["userErrors"], payload
        file = payload["attachment"]
        assert file["sha256"] == hashlib.sha256(content).hexdigest() and kept(file["sha256"]), file
        status, _, read = send("GET", here(file["url"]))
        assert status == 200 and read == content
        status, headers, read = send("GET", here(file["url"]), headers={"Range": "bytes=1-3"})
        assert (status, read) == (206, content[1:4]), (status, headers)

    # In pieces.
    content = b"data" + os.urandom(1 << 20) * 25
    begin = "mutation($input: BeginUploadInput!) { beginUpload(input: $input) { upload { id url } userErrors { message } } }"
    begun = graphql(begin, {"input": {"name": "b.bin", "size": len(content)}}, token)["beginUpload"]["upload"]
    for at in range(0, len(content), 10 << 20):
        piece = content[at:at + (10 << 20)]
        about = f"bytes {at}-{at + len(piece) - 1}/{len(content)}"
        status, headers, _ = send("PUT", here(begun["url"]), piece, {"Content-Range": about})
        assert (status, headers["Upload-Offset"]) == (204, str(at + len(piece))), (status, headers)
    finish = "mutation($input: FinishUploadInput!) { finishUpload(input: $input) { attachment { url sha256 } userErrors { message } } }"
    file = graphql(finish, {"input": {"id": begun["id"]}}, token)["finishUpload"]["attachment"]
    assert kept(file["sha256"]), file
    status, _, read = send("GET", here(file["url"]))
    assert status == 200 and read == content
    print(f"files in a bucket: {len(covers)} covers, uploads of 4 B, 17 MiB and 25 MiB")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["make-bucket", endpoint]:
            make_bucket(endpoint)
        case ["ask", server, password, endpoint]:
            ask(server, password, endpoint)
        case _:
            raise SystemExit(__doc__)

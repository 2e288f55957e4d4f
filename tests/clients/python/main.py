"""Reads and pages with gql, which fetches the schema and checks every query against it first.

python main.py SERVER-URL
"""

import sys

from gql import Client, gql
from gql.transport.httpx import HTTPXTransport

PAGE = gql(
    """
    query Page($after: String) {
      contents(filter: {kinds: [POLICY]}, first: 5, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id title ... on Policy { validity } }
      }
    }
    """
)

CONTENT = gql(
    """
    query OneContent($id: ID!) {
      content(by: {id: $id}) {
        __typename
        title
        ... on Policy { documentNumber { text } }
        ... on Node { id }
      }
    }
    """
)

RESOLVED = gql(
    """
    query Resolved($path: String!) {
      resolve(site: {code: "zjj"}, path: $path) { __typename ... on Page { column { name } } }
    }
    """
)


def ask(session, query, **variables):
    query.variable_values = variables
    return session.execute(query)


def main(server):
    transport = HTTPXTransport(url=f"{server}/graphql", timeout=20)
    with Client(transport=transport, fetch_schema_from_transport=True) as session:
        first = ask(session, PAGE)["contents"]
        assert len(first["nodes"]) == 5 and first["pageInfo"]["hasNextPage"]
        second = ask(session, PAGE, after=first["pageInfo"]["endCursor"])["contents"]
        nodes = first["nodes"] + second["nodes"]
        assert len({node["id"] for node in nodes}) == 10
        assert all(node["validity"] for node in nodes)

        content = ask(session, CONTENT, id=nodes[0]["id"])["content"]
        assert content["__typename"] == "Policy" and content["title"] == nodes[0]["title"]
        assert content["id"] == nodes[0]["id"]

        page = ask(session, RESOLVED, path="/policies")["resolve"]
        assert page["__typename"] == "Page" and page["column"]["name"] == "政策文件"
    print("python gql: reads and pages")


main(sys.argv[1])

// Requests whose right answer graphql-js can work out from plain data: what is shown, under which name, in which order.

/** Everything that the requests below ask for, asked for plainly: no aliases, fragments, directives or variables. */
export const PLAIN = `{
  __typename
  tagGroups { __typename id code name sphere }
  site(by: {code: "yunze"}) {
    __typename id code name kind hosts shortName language
    children { __typename id code name kind }
    sponsor { __typename id name code }
  }
  contents(filter: {kinds: [POLICY, NOTICE]}, first: 3) {
    __typename
    pageInfo { __typename hasNextPage endCursor }
    nodes {
      __typename id title kind
      ... on Policy { validity isNormative documentNumber { __typename text year } }
      ... on Notice { publicityFrom publicityPhase }
      publisher { __typename id name }
      tags { __typename id name }
    }
  }
}`;

const SITE = 'site(by: {code: "yunze"})';
const PAGE = 'contents(filter: {kinds: [POLICY, NOTICE]}, first: 3)';

const shown = [
  ['skip by a literal', `{ ${SITE} { name code @skip(if: true) } }`],
  ['include by a literal', `{ ${SITE} { name code @include(if: false) kind @include(if: true) } }`],
  ['skip by a default', `query ($s: Boolean = true) { ${SITE} { name code @skip(if: $s) } }`],
  ['skip by a default that is false', `query ($s: Boolean = false) { ${SITE} { name code @skip(if: $s) } }`],
  ['include by a default', `query ($i: Boolean = false) { ${SITE} { name code @include(if: $i) } }`],
  ['include by a default that is true', `query ($i: Boolean = true) { ${SITE} { name code @include(if: $i) } }`],
  ['a given value over a default', `query ($i: Boolean = true) { ${SITE} { name code @include(if: $i) } }`, { i: false }],
  ['a required default', `query ($i: Boolean! = false) { ${SITE} { name code @include(if: $i) } }`],
  ['skip and include together', `query ($a: Boolean!, $b: Boolean!) { ${SITE} { name x: code @skip(if: $a) @include(if: $b) y: code @skip(if: $b) @include(if: $a) } }`, { a: true, b: false }],
  ['a default on a fragment', `query ($i: Boolean = false) { ${SITE} { name ...A @include(if: $i) } } fragment A on Site { code }`],
  ['a default on an inline fragment', `query ($s: Boolean = true) { ${SITE} { name ... @skip(if: $s) { code } } }`],
  ['a default inside a fragment', `query ($s: Boolean = true) { ${SITE} { ...A } } fragment A on Site { name code @skip(if: $s) }`],
  ['a default on __typename', `query ($s: Boolean = true) { ${SITE} { __typename @skip(if: $s) name } }`],
  ['one field skipped once and shown once', `{ ${SITE} { name @skip(if: true) code name } }`],
  ['everything skipped at the root', `{ ${SITE} @skip(if: true) { name } }`],
  ['everything skipped at the root by a default', `query ($s: Boolean = true) { ${SITE} @skip(if: $s) { name } tagGroups @skip(if: $s) { code } }`],
  ['__typename skipped at the root', '{ __typename @skip(if: true) }'],
  ['everything skipped in a fragment at the root', `{ ...R @include(if: false) } fragment R on Query { __typename }`],
  ['everything skipped in an object', `{ ${SITE} { name @skip(if: true) } }`],
  ['everything skipped in the objects of a list', `{ tagGroups { code @include(if: false) } }`],
  ['everything skipped two levels down', `{ ${SITE} { sponsor { name @skip(if: true) } } }`],
  ['everything skipped in an interface', `{ ${PAGE} { nodes { title @skip(if: true) } } }`],
  ['nothing of a type that is not there', `{ ${SITE} { ... on Node @skip(if: true) { id } } }`],
];

const order = [
  ['fields in the order asked for', `{ ${SITE} { kind name id code } tagGroups { name code } }`],
  ['root fields in the order asked for', `{ tagGroups { code } __typename ${SITE} { name } }`],
  ['slow fields before quick ones', `{ ${PAGE} { nodes { publisher { name } title kind id } pageInfo { endCursor hasNextPage } } ${SITE} { sponsor { name } name } }`],
  ['a fragment before fields', `{ ${SITE} { ...A kind } } fragment A on Site { name code }`],
  ['a fragment between fields', `{ ${SITE} { kind ...A id } } fragment A on Site { name code }`],
  ['a fragment that repeats a field', `{ ${SITE} { code ...A id } } fragment A on Site { name code kind }`],
  ['fragments in fragments', `{ ${SITE} { ...A id } } fragment A on Site { ...B name } fragment B on Site { kind ...C } fragment C on Site { code }`],
  ['an object merged from two places', `{ ${SITE} { sponsor { name } code sponsor { id name code } } }`],
  ['an object merged from a fragment', `{ ${SITE} { ...A sponsor { code } } } fragment A on Site { sponsor { name } name }`],
  ['a root field merged from two places', `{ ${SITE} { code } tagGroups { code } ${SITE} { name } }`],
  ['aliases', `{ home: ${SITE} { titel: name name: code } groups: tagGroups { k: code } }`],
  ['one field under two aliases', `{ a: ${SITE} { x: name y: name } b: ${SITE} { name } }`],
  ['an alias for __typename', `{ t: __typename ${SITE} { t: __typename u: __typename } }`],
  ['conditions on types', `{ ${PAGE} { nodes { id ... on Policy { validity documentNumber { text } } title ... on Notice { publicityPhase } } } }`],
  ['conditions on interfaces', `{ ${PAGE} { nodes { ... on Searchable { title } ... on Node { id } ... on Content { kind } } } }`],
  ['a named fragment on an interface', `{ ${PAGE} { nodes { ...C } } } fragment C on Content { kind ...P title } fragment P on Policy { isNormative }`],
  ['a condition inside a condition', `{ ${PAGE} { nodes { ... on Content { ... on Policy { validity } ... on Notice { publicityFrom } } } } }`],
  ['conditions that share an alias', `{ ${PAGE} { nodes { ... on Policy { x: title } ... on Notice { x: title } } } }`],
  ['a field before and inside a condition', `{ ${PAGE} { nodes { ... on Policy { title id } id kind title } } }`],
  ['a field inside and behind a condition', `{ ${PAGE} { nodes { kind ... on Policy { title kind } ... on Notice { id kind } title id } } }`],
  ['an object merged through a condition', `{ ${PAGE} { nodes { publisher { name } ... on Policy { publisher { id } } } } }`],
  ['an object merged through two conditions', `{ ${PAGE} { nodes { ... on Content { publisher { name } } ... on Policy { publisher { id name } } title } } }`],
  ['a list merged through a condition', `{ ${PAGE} { nodes { tags { name } ... on Policy { tags { id } } ... on Notice { tags { id name } } } } }`],
  ['a list merged from fragments', `{ ${PAGE} { nodes { ...A ...B } } } fragment A on Content { tags { name } } fragment B on Content { title tags { id name } }`],
  ['a fragment at the root', `{ __typename ...R tagGroups { name } } fragment R on Query { tagGroups { code } }`],
];

const inputs = [
  ['a default in an argument', `query ($n: Int = 3) { contents(filter: {kinds: [POLICY, NOTICE]}, first: $n) { nodes { id } } }`],
  ['a given value in an argument', `query ($n: Int = 1) { contents(filter: {kinds: [POLICY, NOTICE]}, first: $n) { nodes { id } } }`, { n: 3 }],
  ['a default inside an input', `query ($k: [ContentKind!] = [POLICY, NOTICE]) { contents(filter: {kinds: $k}, first: 3) { nodes { id } } }`],
  ['an input as a default', `query ($f: ContentFilter = {kinds: [POLICY, NOTICE]}) { contents(filter: $f, first: 3) { nodes { id } } }`],
  ['an input as a variable', `query ($f: ContentFilter) { contents(filter: $f, first: 3) { nodes { id } } }`, { f: { kinds: ['POLICY', 'NOTICE'] } }],
  ['items as variables', `query ($a: ContentKind!, $b: ContentKind!) { contents(filter: {kinds: [$a, $b]}, first: 3) { nodes { id } } }`, { a: 'POLICY', b: 'NOTICE' }],
  ['a oneOf input as a variable', `query ($by: SiteLocator!) { site(by: $by) { name } }`, { by: { code: 'yunze' } }],
  ['the key of a oneOf input as a variable', `query ($c: String!) { site(by: {code: $c}) { name } }`, { c: 'yunze' }],
  ['escapes in a string', `{ site(by: {code: "\\u0079\\u{75}nze"}) { name } }`],
  ['a block string', `{ site(by: {code: """\n  yunze\n  """}) { name } }`],
  ['a variable that nothing defines', `{ ${SITE} { name } }`, { unknown: 1 }],
  ['a variable that is left out', `query ($n: [String!]) { ${SITE} { name } x: site(by: {code: "yunze"}) { frontEndSettings(keys: $n) @skip(if: true) code } }`],
];

const refused = [
  ['a required variable is missing', `query ($c: String!) { site(by: {code: $c}) { name } }`],
  ['a required variable is null', `query ($c: String!) { site(by: {code: $c}) { name } }`, { c: null }],
  ['a required variable of @skip is missing', `query ($s: Boolean!) { ${SITE} { name @skip(if: $s) code } }`],
  ['a required variable of an unasked operation is no fault', `query A { ${SITE} { name } } query B($c: String!) { site(by: {code: $c}) { name } }`, {}, 'A'],
  ['a string for an Int', `query ($n: Int) { contents(first: $n) { nodes { id } } }`, { n: '3' }],
  ['a fraction for an Int', `query ($n: Int) { contents(first: $n) { nodes { id } } }`, { n: 1.5 }],
  ['an Int beyond 32 bits', `query ($n: Int) { contents(first: $n) { nodes { id } } }`, { n: 2147483648 }],
  ['an Int for a String', `query ($c: String!) { site(by: {code: $c}) { name } }`, { c: 1 }],
  ['a string for a Boolean', `query ($s: Boolean!) { ${SITE} { name @skip(if: $s) code } }`, { s: 'true' }],
  ['null for a Boolean with a default', `query ($s: Boolean = true) { ${SITE} { name @skip(if: $s) code } }`, { s: null }],
  ['an unknown value of an enum', `query ($k: ContentKind!) { contents(filter: {kinds: [$k]}) { nodes { id } } }`, { k: 'SPEECH' }],
  ['an unknown field of an input', `query ($f: ContentFilter) { contents(filter: $f) { nodes { id } } }`, { f: { colour: 'red' } }],
  ['a required field of an input is missing', `query ($o: ContentOrder) { contents(orderBy: $o) { nodes { id } } }`, { o: { field: 'UPDATED_AT' } }],
  ['null in a list of required items', `query ($k: [ContentKind!]) { contents(filter: {kinds: $k}) { nodes { id } } }`, { k: ['POLICY', null] }],
  ['a oneOf input with two keys', `query ($by: SiteLocator!) { site(by: $by) { name } }`, { by: { code: 'yunze', host: 'x' } }],
  ['a oneOf input without a key', `query ($by: SiteLocator!) { site(by: $by) { name } }`, { by: {} }],
  ['a oneOf input with null', `query ($by: SiteLocator!) { site(by: $by) { name } }`, { by: { code: null } }],
  ['a oneOf input with a key and null', `query ($by: SiteLocator!) { site(by: $by) { name } }`, { by: { code: 'yunze', host: null } }],
  ['an array for an input', `query ($by: SiteLocator!) { site(by: $by) { name } }`, { by: [{ code: 'yunze' }] }],
];

const TWO = `query A { ${SITE} { name } } query B { ${SITE} { code } }`;
const named = [
  ['the first of two operations', TWO, {}, 'A'],
  ['the second of two operations', TWO, {}, 'B'],
  ['the only operation by its name', `query A { ${SITE} { name } }`, {}, 'A'],
  ['the only operation without its name', `query A { ${SITE} { name } }`],
  ['no name for two operations', TWO],
  ['an unknown name', TWO, {}, 'C'],
  ['an unknown name for one operation', `query A { ${SITE} { name } }`, {}, 'C'],
  ['a name for an anonymous operation', `{ ${SITE} { name } }`, {}, 'A'],
  ['a name in the wrong case', TWO, {}, 'a'],
  ['variables of the operation asked for', `query A($c: String!) { site(by: {code: $c}) { name } } query B($s: Boolean = true) { ${SITE} { name @skip(if: $s) code } }`, {}, 'B'],
];

/** All cases: name, query, variables, operationName. */
export const CASES = [...shown, ...order, ...inputs, ...refused, ...named].map(([name, query, variables, operationName]) => ({
  name, query, variables, operationName,
}));

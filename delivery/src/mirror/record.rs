//! A content of the other side as a record of the import's native format, `docs/import.md`: what is selected and what becomes
//! of it stand side by side here.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};
use url::Url;

use super::absolute::absolute;
use super::ask::Trouble;

/// What is selected of each content.
pub(super) const FRAGMENT: &str = "fragment Record on Content { id kind title subtitle summary language keywords sourceName sourceUrl \
    author editor formedOn publishedAt indexNumber externalUrl disclosure shareType url body { html } publisher { code name } \
    themes { code } genres { code } audiences { code } lifeStages { code } tags { code name } attachments { name url } \
    media { name url role } links { type direction title url note content { id } } \
    placements(first: 100) { nodes { column { id } } } \
    ... on Article { format } ... on Notice { publicityFrom publicityUntil feedback } \
    ... on Policy { documentNumber { text } issuers { code name } issuerNames documentType { code } specialClass { code } writtenOn \
      printedOn signer mainRecipients copiedTo effectiveOn expiresOn validityTerm isNormative filingNumber validity \
      downloads { name url } } \
    ... on Interpretation { form authorRole } \
    ... on KnowledgeEntry { similarQuestions category { code } materialKind { code } region responsible { code name } validUntil } \
    ... on ServiceGuide { serviceCode authority { code name } office legalBasis applicants conditions materials { name required \
      copies form note replaceableByCertificate } procedure reviewProcedure result fee feeBasis timeLimit statutoryTimeLimit \
      places { name address hours telephone longitude latitude datum } hours telephone supervisionTelephone channels { kind url \
      note } onlineUrl queryUrl consultUrl category { code } flags } \
    ... on Disclosure { statutoryCategory { code } } }";

/// Fields that are what they are in the native format.
const AS_THEY_ARE: [&str; 57] = [
    "kind",
    "title",
    "subtitle",
    "summary",
    "language",
    "keywords",
    "author",
    "editor",
    "formedOn",
    "publishedAt",
    "indexNumber",
    "externalUrl",
    "disclosure",
    "shareType",
    "publisher",
    "tags",
    "format",
    "publicityFrom",
    "publicityUntil",
    "feedback",
    "writtenOn",
    "printedOn",
    "signer",
    "mainRecipients",
    "copiedTo",
    "effectiveOn",
    "expiresOn",
    "validityTerm",
    "isNormative",
    "filingNumber",
    "validity",
    "form",
    "authorRole",
    "similarQuestions",
    "region",
    "responsible",
    "validUntil",
    "serviceCode",
    "authority",
    "office",
    "legalBasis",
    "applicants",
    "conditions",
    "materials",
    "procedure",
    "reviewProcedure",
    "result",
    "fee",
    "feeBasis",
    "timeLimit",
    "statutoryTimeLimit",
    "places",
    "hours",
    "telephone",
    "supervisionTelephone",
    "channels",
    "flags",
];

/// Addresses of services.
const ADDRESSES: [&str; 3] = ["onlineUrl", "queryUrl", "consultUrl"];

/// Fields that hold one item of a code list.
const ONE_CODE: [&str; 5] = ["documentType", "specialClass", "category", "materialKind", "statutoryCategory"];

/// Fields that hold several.
const CODES: [&str; 4] = ["themes", "genres", "audiences", "lifeStages"];

/// A content of the other side.
#[derive(Debug, Clone)]
pub struct OriginContent {
    /// Its identifier there.
    pub id: String,
    /// What it says, in the native format. Organisations and tags are objects of `code` and `name`.
    pub record: Map<String, Json>,
    /// The columns there that show it, by identifier.
    pub columns: Vec<String>,
    /// Title and address of the contents there that its links lead to, by identifier.
    pub pages: BTreeMap<String, (String, String)>,
}

impl OriginContent {
    /// Reads a content as [`FRAGMENT`] selects it; `origin` is the address that was asked.
    pub(super) fn read(node: &Json, origin: &Url) -> Result<Self, Trouble> {
        let id = node["id"].as_str().ok_or_else(|| Trouble::not_jiyue("a content without an identifier"))?.to_owned();
        let page = node["url"].as_str().and_then(|url| origin.join(url).ok());
        let base = page.clone().unwrap_or_else(|| origin.clone());
        let mut record = Map::new();
        let mut put = |name: &str, value: Json| {
            if !value.is_null() {
                record.insert(name.to_owned(), value);
            }
        };
        for name in AS_THEY_ARE.into_iter().chain(ADDRESSES) {
            put(name, node[name].clone());
        }
        for name in ONE_CODE {
            put(name, node[name]["code"].clone());
        }
        for name in CODES {
            let codes: Vec<Json> = items(&node[name]).map(|item| item["code"].clone()).collect();
            put(name, if codes.is_empty() { Json::Null } else { codes.into() });
        }
        put("documentNumber", node["documentNumber"]["text"].clone());
        put("issuers", issuers(node));
        let source = node["sourceName"].as_str().filter(|name| !name.is_empty()).or(node["publisher"]["name"].as_str());
        put("sourceName", source.into());
        let source = node["sourceUrl"].as_str().map(str::to_owned).or_else(|| page.as_ref().map(Url::to_string));
        put("sourceUrl", source.into());
        let html = absolute(node["body"]["html"].as_str().unwrap_or_default(), &base);
        let files = files(node, &base, &html);
        put("bodyHtml", if html.trim().is_empty() { listed(&files) } else { html }.into());
        let (mut links, pages) = links(node, &base);
        for (title, url) in files {
            links.push(json!({"type": "SEE_ALSO", "to": {"page": {"title": title, "url": url}}}));
        }
        put("links", links.into());
        let columns = items(&node["placements"]["nodes"]).filter_map(|shown| shown["column"]["id"].as_str());
        Ok(Self { id, columns: columns.map(str::to_owned).collect(), record, pages })
    }
}

fn items(list: &Json) -> impl Iterator<Item = &Json> {
    list.as_array().into_iter().flatten()
}

/// Those that the other side holds with code and name, then those that it has by name alone.
fn issuers(node: &Json) -> Json {
    let known: Vec<Json> = items(&node["issuers"]).cloned().collect();
    let is_known = |name: &&Json| known.iter().any(|issuer| issuer["name"] == **name);
    let further: Vec<Json> = items(&node["issuerNames"]).filter(|name| !is_known(name)).cloned().collect();
    let all: Vec<Json> = known.iter().cloned().chain(further).collect();
    if all.is_empty() { Json::Null } else { all.into() }
}

/// Files, by title and address: they stay where they are. Pictures of the body stand there already.
fn files(node: &Json, base: &Url, html: &str) -> Vec<(String, String)> {
    let media = items(&node["media"]).filter(|file| file["role"] != "IMAGE");
    let all = items(&node["attachments"]).chain(items(&node["downloads"])).chain(media);
    let mut files: Vec<(String, String)> = Vec::new();
    for file in all {
        let Some(url) = file["url"].as_str().and_then(|url| base.join(url).ok()) else { continue };
        let known = files.iter().any(|(_, other)| other == url.as_str()) || html.contains(url.as_str());
        if !known {
            let name = file["name"].as_str().filter(|name| !name.is_empty()).unwrap_or("附件");
            files.push((name.to_owned(), url.to_string()));
        }
    }
    files
}

/// A body for what has none and consists of its files.
fn listed(files: &[(String, String)]) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    let one = |(name, url): &(String, String)| format!("<p><a href=\"{}\">{}</a></p>", escape(url), escape(name));
    files.iter().map(one).collect()
}

/// The links that it has, and the pages of those that lead to contents.
fn links(node: &Json, base: &Url) -> (Vec<Json>, BTreeMap<String, (String, String)>) {
    let (mut links, mut pages) = (Vec::new(), BTreeMap::new());
    for link in items(&node["links"]).filter(|link| link["direction"] == "OUT") {
        let title = link["title"].as_str().unwrap_or_default().to_owned();
        let url = link["url"].as_str().and_then(|url| base.join(url).ok()).map(|url| url.to_string());
        let to = match (link["content"]["id"].as_str(), url) {
            (Some(id), url) => {
                pages.extend(url.map(|url| (id.to_owned(), (title, url))));
                json!({"origin": {"id": id}})
            }
            (None, Some(url)) => json!({"page": {"title": title, "url": url}}),
            (None, None) => continue,
        };
        links.push(json!({"type": link["type"], "to": to, "note": link["note"]}));
    }
    (links, pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_becomes_a_record() {
        let node = json!({
            "id": "content_1", "kind": "POLICY", "title": "办法", "url": "https://a.example/content/1", "sourceName": "", "sourceUrl": null,
            "publisher": {"code": "wjw", "name": "卫健委"}, "body": {"html": "<p><a href=\"/x\">x</a></p>"},
            "themes": [{"code": "07"}], "genres": [], "documentNumber": {"text": "云卫〔2026〕1号"}, "documentType": {"code": "15"},
            "issuers": [{"code": "wjw", "name": "卫健委"}], "issuerNames": ["卫健委", "药监局"],
            "attachments": [{"name": "表", "url": "/files/1"}], "downloads": [], "media": [{"name": "图", "url": "/files/2", "role": "IMAGE"}],
            "links": [
                {"type": "BASED_ON", "direction": "OUT", "title": "法", "url": "https://a.example/content/2", "note": null, "content": {"id": "content_2"}},
                {"type": "REPORTS_ON", "direction": "IN", "title": "报", "url": "https://a.example/content/3", "note": null, "content": {"id": "content_3"}},
            ],
            "placements": {"nodes": [{"column": {"id": "column_1"}}]},
        });
        let origin = Url::parse("https://a.example/graphql").expect("an address");
        let content = OriginContent::read(&node, &origin).expect("a content");
        assert_eq!((content.id.as_str(), content.columns.as_slice()), ("content_1", &["column_1".to_owned()][..]));
        let record = Json::Object(content.record);
        assert_eq!(record["sourceName"], "卫健委");
        assert_eq!(record["sourceUrl"], "https://a.example/content/1");
        assert_eq!(record["bodyHtml"], "<p><a href=\"https://a.example/x\">x</a></p>");
        assert_eq!(
            (&record["documentType"], &record["themes"], record.get("genres")),
            (&json!("15"), &json!(["07"]), None)
        );
        assert_eq!(record["issuers"], json!([{"code": "wjw", "name": "卫健委"}, "药监局"]));
        let links = record["links"].as_array().expect("links");
        assert_eq!((links.len(), &links[0]["to"]), (2, &json!({"origin": {"id": "content_2"}})));
        assert_eq!(links[1]["to"]["page"], json!({"title": "表", "url": "https://a.example/files/1"}));
        assert_eq!(content.pages["content_2"].1, "https://a.example/content/2");
    }
}

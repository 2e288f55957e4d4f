//! Answers to questions (智能问答): stored knowledge entries, cited; nothing is invented. Where none fits well enough, that is said.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, Result};
use library::content::Details;
use library::id::ContentId;
use library::searches::Way;
use search::highlight::Marks;
use search::{Entry, Filter, Found, Query, Question};

use super::connection::Revealed;
use super::{bounded, failed, here, note, site_named};
use crate::content::{AnswerWarning, ContentKind, KnowledgeEntry};
use crate::panel::Panel;
use crate::scalars::{Html, bad_input, first};
use crate::site::SiteLocator;
use crate::tag::KindShelf;

/// How many entries are weighed for an answer.
const WEIGHED: usize = 10;
/// How many answers are given if nothing else is asked for.
const ANSWERS: i32 = 3;
/// How many contents of each kind stand beside answers at most.
const MOST_OF_A_KIND: usize = 20;
/// The panel that leads to where people answer (互动渠道): who keeps a site gives it this code.
const HAND_OVER: &str = "hand-over";

/// What a question is answered.
pub struct AnswerSet {
    id: String,
    answers: Vec<AnswerMatch>,
    beside: Found,
    revealed: Revealed,
    hand_over: Option<Arc<library::panel::Panel>>,
}

impl AnswerSet {
    /// Looks for answers; nothing on a site that there is not.
    ///
    /// # Errors
    /// `SEARCH_UNAVAILABLE` when the index cannot be asked.
    pub async fn of(
        ctx: &Context<'_>,
        question: String,
        site: Option<SiteLocator>,
        size: Option<i32>,
    ) -> Result<Option<Self>> {
        let (scope, search) = (crate::scope(ctx), here(ctx)?);
        bounded(&question)?;
        let size = first(size.or(Some(ANSWERS)))?;
        let Some(site) = site_named(scope, site)? else { return Ok(None) };
        let site = site.map(|site| site.id);
        let query = Query::read(&question, &search.words());
        let sites: Vec<_> = site.map(|site| site.0).into_iter().collect();
        let entry: &str = library::content::ContentKind::KnowledgeEntry.into();
        let kinds = library::content::ContentKind::all().into_iter().map(<&str>::from);
        let others = kinds.filter(|kind| *kind != entry).map(str::to_owned).collect();
        let of_kinds = |kinds| Filter { sites: sites.clone(), kinds, ..Filter::default() };
        let asked = |filter, first, of_each_kind| Question {
            query: query.clone(),
            filter,
            first,
            of_each_kind,
            now: scope.library().now().0,
            ..Question::default()
        };
        let entries = asked(of_kinds(vec![entry.to_owned()]), WEIGHED, 0);
        let entries = search.engine().find(entries).await.map_err(failed)?;
        let beside = asked(of_kinds(others), 0, MOST_OF_A_KIND);
        let beside = search.engine().find(beside).await.map_err(failed)?;
        let hits = entries.hits.iter().chain(beside.groups.iter().flat_map(|group| &group.hits));
        let revealed = Revealed::of(ctx, hits, &query).await?;
        let answers = weigh(ctx, &question, &query, &entries, &revealed, size).await?;
        note(ctx, search, site, Way::Ask, &question, answers.len());
        let panel = |site| scope.panels(site, None, Some(&[HAND_OVER.to_owned()])).pop();
        Ok(Some(Self {
            id: format!("answers_{}_{:016x}", entries.position, search::digest(&question)),
            answers,
            beside,
            revealed,
            hand_over: site.and_then(panel),
        }))
    }
}

/// The entries that answer well enough, the surest first; none if none does.
async fn weigh(
    ctx: &Context<'_>,
    question: &str,
    query: &Query,
    found: &Found,
    revealed: &Revealed,
    size: usize,
) -> Result<Vec<AnswerMatch>> {
    let scope = crate::scope(ctx);
    let contents: Vec<_> = found.hits.iter().filter_map(|hit| revealed.content(hit)).collect();
    let ids: Vec<ContentId> = contents.iter().map(|content| content.id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let details = scope.details(&ids).await.map_err(crate::error)?;
    let bodies = scope.bodies(&ids).await.map_err(crate::error)?;
    let (marks, mut entries) = (Marks::of(query), Vec::new());
    for content in contents {
        let Ok(entry) = KnowledgeEntry::try_from(content.clone()) else { continue };
        let mut questions = vec![content.card.title.as_str()];
        if let Some(Details::KnowledgeEntry(own)) = details.get(&content.id).map(|detail| &detail.details) {
            questions.extend(own.similar_questions.iter().map(String::as_str));
        }
        let answer = bodies.get(&content.id).map(|body| body.text.as_str()).unwrap_or_default();
        entries.push(((entry, answer), Entry { questions, answer }));
    }
    let sure = search::answering(question, query, entries, size).into_iter();
    let matched = |((entry, text), confidence)| AnswerMatch { entry, confidence, passage: marks.excerpt(text) };
    Ok(sure.map(matched).collect())
}

/// What a question is answered (问答结果): stored entries with how sure it is that they answer it, and what goes with them. Where nothing
/// fits well enough, `confident` is false and there are no answers: `shelves` and `handOver` go on.
#[Object]
impl AnswerSet {
    /// The identifier of this answer (标识), for logs; nothing is found by it.
    async fn id(&self) -> ID {
        ID(self.id.clone())
    }

    /// Whether an answer is known (是否有把握).
    async fn confident(&self) -> bool {
        !self.answers.is_empty()
    }

    /// The answers (答案), the surest first.
    async fn answers(&self) -> &[AnswerMatch] {
        &self.answers
    }

    /// What was found of the other kinds (相关政策、办事、资讯): the best of each, the kind of the best first.
    async fn shelves(
        &self,
        #[graphql(name = "first", default = 3, desc = "How many of each kind, at most 20 (每类条数).")] size: Option<
            i32,
        >,
    ) -> Result<Vec<KindShelf>> {
        let size = first(size.or(Some(3)))?;
        if size > MOST_OF_A_KIND {
            return Err(bad_input("at most 20 of each kind"));
        }
        let shelf = |group: &search::Group| {
            let kind: library::content::ContentKind = group.kind.parse().ok()?;
            let contents = group.hits.iter().filter_map(|hit| self.revealed.content(hit).cloned());
            Some(KindShelf::of(ContentKind::from(kind), group.total as u64, contents.take(size).collect()))
        };
        Ok(self.beside.groups.iter().filter_map(shelf).collect())
    }

    /// Where people answer (互动渠道): the panel `hand-over` of the site; null without a site, and where it has none.
    async fn hand_over(&self) -> Option<Panel> {
        self.hand_over.clone().map(Panel::alone)
    }
}

/// An entry that answers a question.
pub struct AnswerMatch {
    entry: KnowledgeEntry,
    confidence: f64,
    passage: String,
}

/// An entry that answers a question (答案), with the passage that fits.
#[Object]
impl AnswerMatch {
    /// The entry (知识条目).
    async fn entry(&self) -> KnowledgeEntry {
        self.entry.clone()
    }

    /// How sure it is that the entry answers the question, 0 to 1 (置信度).
    async fn confidence(&self) -> f64 {
        self.confidence
    }

    /// The part of its answer that fits best, as HTML with what was asked in `<em>` (答案段落).
    async fn passage(&self) -> Html {
        Html(self.passage.clone())
    }

    /// Why it is to be read with care (答复提示): a basis repealed, expired or amended, or its own validity ended.
    async fn warnings(&self, ctx: &Context<'_>) -> Result<Vec<AnswerWarning>> {
        self.entry.warned(ctx).await
    }
}

//! Word lists (词库): what content checks look for; made, changed, removed and read by who keeps the place.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use library::words::{EditWordList, WordListHead};

use crate::connection::{Connection, Total, paging};
use crate::deed::{afterwards, caller, done, payload, written};
use crate::scalars::{DateTime, id, int, optional_id};
use crate::site::Site;

/// What the words of a list are (词库类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "library::words::WordListKind")]
pub enum WordListKind {
    /// Words that should be written otherwise (错别字).
    WrongWords,
    /// Words that must not be published (敏感词).
    SensitiveWords,
}

/// A word list.
#[derive(Clone)]
pub struct WordList(pub WordListHead);

/// A word of a list (词条).
#[derive(SimpleObject)]
pub struct WordEntry {
    /// The word that should not stand there (误).
    wrong: String,
    /// What should stand there instead, if that is known (正).
    right: Option<String>,
    /// Right words that hold the wrong one or share a part of it with their neighbour: where they stand it is left alone (例外).
    exceptions: Vec<String>,
}

/// A list of words that content checks look for (词库).
#[Object]
impl WordList {
    /// The identifier (标识).
    async fn id(&self) -> ID {
        self.0.id.into()
    }

    /// What its words are (类型).
    async fn kind(&self) -> WordListKind {
        self.0.kind.into()
    }

    /// The site whose contents are checked by it; null for those of all sites (适用站点).
    async fn site(&self, ctx: &Context<'_>) -> Option<Site> {
        self.0.site.and_then(|site| crate::scope(ctx).library().directory().sites.get(site).cloned()).map(Site)
    }

    /// What people call it (名称).
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// When it was last changed (修改时间).
    async fn changed_at(&self) -> DateTime {
        self.0.changed_at.utc()
    }

    /// Its words (词条), in the order of their characters.
    async fn entries(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            name = "first",
            desc = "How many items from the beginning (前若干条): 20 if not given, at most 100."
        )]
        size: Option<i32>,
        #[graphql(desc = "The cursor after which the page begins (起始游标).")] after: Option<String>,
    ) -> Result<Connection<WordEntry>> {
        let paging = paging(size, after, None, None)?;
        let from = paging.from.unwrap_or_default();
        let found = crate::scope(ctx).words(&self.0, &from, paging.size + 1).await;
        let mut words = found.map_err(crate::error)?;
        let goes_on = words.len() > paging.size;
        words.truncate(paging.size);
        let entry =
            |word: library::finding::Word| WordEntry { wrong: word.wrong, right: word.right, exceptions: word.except };
        let entries = words.into_iter().map(|(key, word)| (key, entry(word))).collect();
        Ok(Connection::new(entries, goes_on, !from.is_empty(), Total::Known(Some(self.0.entries))))
    }

    /// How many words it has (词条数).
    async fn size(&self) -> i32 {
        int(self.0.entries)
    }
}

/// A word for a list (词条).
#[derive(Debug, Clone, InputObject)]
pub struct WordEntryInput {
    /// The word that should not stand there (误), at most 50 characters.
    pub wrong: String,
    /// What should stand there instead, if that is known (正).
    pub right: Option<String>,
    /// Right words around which the wrong one is left alone, at most 100 (例外).
    pub exceptions: Option<Vec<String>>,
}

/// A word list to be made, or what of one is changed (编辑词库); what is not given stays.
#[derive(Debug, Clone, InputObject)]
pub struct EditWordListInput {
    /// Which list; a new one is made if not given (词库).
    pub id: Option<ID>,
    /// What its words are; a new list needs it, and it stays for good (类型).
    pub kind: Option<WordListKind>,
    /// The site whose contents are checked by it; all sites if not given. It stays for good (适用站点).
    pub site: Option<ID>,
    /// What people call it; a new list needs it (名称).
    pub name: Option<String>,
    /// Words that it has from now on (新增词条): one that is there already is replaced. At most 5,000 with those in `remove`.
    pub add: Option<Vec<WordEntryInput>>,
    /// Words that it has no more (删除词条), unless they are in `add`; what it does not have is passed over.
    pub remove: Option<Vec<String>>,
}

payload! {
    /// What came of making or changing a word list (编辑词库结果).
    EditWordListPayload {
        /// The list as it is now (词库).
        word_list: WordList,
    }
}

/// Makes or changes a list.
pub async fn edit_word_list(ctx: &Context<'_>, input: EditWordListInput) -> Result<EditWordListPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let word = |given: WordEntryInput| library::finding::Word {
        wrong: given.wrong,
        right: given.right,
        except: given.exceptions.unwrap_or_default(),
    };
    let edit = EditWordList {
        id: optional_id(input.id.as_ref())?,
        kind: input.kind.map(Into::into),
        site: optional_id(input.site.as_ref())?,
        name: input.name,
        add: input.add.unwrap_or_default().into_iter().map(word).collect(),
        remove: input.remove.unwrap_or_default(),
    };
    let (asker, mut changed) = (caller.clone(), None);
    let deed = async move { library.edit_word_list(&asker, edit).await };
    let mut payload = done(ctx, deed, |(id, position)| {
        changed = Some(id);
        EditWordListPayload { position: written(position), ..EditWordListPayload::default() }
    })
    .await?;
    if let Some(id) = changed {
        payload.word_list = afterwards(ctx, caller).word_list(id).await.map_err(crate::error)?.map(WordList);
    }
    Ok(payload)
}

/// A word list to be removed (删除词库).
#[derive(Debug, Clone, InputObject)]
pub struct RemoveWordListInput {
    /// Which list (词库).
    pub id: ID,
}

payload! {
    /// What came of removing a word list (删除词库结果).
    RemoveWordListPayload {}
}

/// Removes a list.
pub async fn remove_word_list(ctx: &Context<'_>, input: RemoveWordListInput) -> Result<RemoveWordListPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let list = id(&input.id)?;
    let deed = async move { library.remove_word_list(&caller, list).await };
    let shown = |position| RemoveWordListPayload { position: written(position), ..RemoveWordListPayload::default() };
    done(ctx, deed, shown).await
}

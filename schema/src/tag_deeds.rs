//! What is done to the tag library (标签库): groups, proposing, deciding, editing, merging and retiring tags.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result};
use library::id::AnyId;
use library::tag::{EditTag, EditTagGroup, ProposeTag, TagGroupFields};

use crate::deed::{afterwards, caller, done, payload, written};
use crate::enums::TagSphere;
use crate::scalars::{id, optional_id};
use crate::sweep::{self, Sweep};
use crate::tag::{Tag, TagGroup};

/// A group of tags to be made (新建标签维度).
#[derive(Debug, Clone, InputObject)]
pub struct CreateTagGroupInput {
    /// Its code, unique in the library (维度代码).
    pub code: String,
    /// Its name (维度名称).
    pub name: String,
    /// Its sphere (标签分域).
    pub sphere: TagSphere,
    /// Its order among the groups, smallest first (排序).
    pub rank: Option<i32>,
}

payload! {
    /// What came of making a group of tags (新建标签维度结果).
    CreateTagGroupPayload {
        /// The group (标签维度).
        group: TagGroup,
    }
}

/// Makes a group of tags.
pub async fn create_tag_group(ctx: &Context<'_>, input: CreateTagGroupInput) -> Result<CreateTagGroupPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let CreateTagGroupInput { code, name, sphere, rank } = input;
    let fields = TagGroupFields { name, sphere: sphere.into(), rank: rank.unwrap_or_default().into() };
    let asker = caller.clone();
    let deed = async move { library.create_tag_group(&asker, &code, fields).await };
    done(ctx, deed, |(id, position)| CreateTagGroupPayload {
        group: afterwards(ctx, caller).tag_group(id).map(TagGroup),
        position: written(position),
        ..CreateTagGroupPayload::default()
    })
    .await
}

/// What of a group of tags is changed; what is not given stays (修改标签维度).
#[derive(Debug, Clone, InputObject)]
pub struct EditTagGroupInput {
    /// Which group (标签维度).
    pub id: ID,
    /// Its name (维度名称).
    pub name: Option<String>,
    /// Its sphere (标签分域).
    pub sphere: Option<TagSphere>,
    /// Its order among the groups, smallest first (排序).
    pub rank: Option<i32>,
}

payload! {
    /// What came of editing a group of tags (修改标签维度结果).
    EditTagGroupPayload {
        /// The group (标签维度).
        group: TagGroup,
    }
}

/// Edits a group of tags.
pub async fn edit_tag_group(ctx: &Context<'_>, input: EditTagGroupInput) -> Result<EditTagGroupPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let group = id(&input.id)?;
    let edit = EditTagGroup { name: input.name, sphere: input.sphere.map(Into::into), rank: input.rank.map(i64::from) };
    let asker = caller.clone();
    let deed = async move { library.change_tag_group(&asker, group, edit).await };
    done(ctx, deed, |position| EditTagGroupPayload {
        group: afterwards(ctx, caller).tag_group(group).map(TagGroup),
        position: written(position),
        ..EditTagGroupPayload::default()
    })
    .await
}

/// A tag that somebody misses (申请新标签).
#[derive(Debug, Clone, InputObject)]
pub struct ProposeTagInput {
    /// Its name (标签名称).
    pub name: String,
    /// Its group (标签维度).
    pub group: ID,
    /// The tag above it, of the same group (上级标签).
    pub parent: Option<ID>,
    /// Other words for the same (同义词).
    pub synonyms: Option<Vec<String>>,
    /// Its code, unique in the library; one is made if not given (标签代码).
    pub code: Option<String>,
    /// Why it is needed (理由).
    pub reason: Option<String>,
}

payload! {
    /// What came of proposing a tag (申请新标签结果).
    ProposeTagPayload {
        /// The tag, PROPOSED (标签).
        tag: Tag,
    }
}

/// Proposes a tag.
pub async fn propose_tag(ctx: &Context<'_>, input: ProposeTagInput) -> Result<ProposeTagPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let propose = ProposeTag {
        name: input.name,
        group: id(&input.group)?,
        parent: optional_id(input.parent.as_ref())?,
        synonyms: input.synonyms.unwrap_or_default(),
        code: input.code,
        reason: input.reason,
    };
    let asker = caller.clone();
    let deed = async move { library.propose_tag(&asker, propose).await };
    done(ctx, deed, |(id, position)| ProposeTagPayload {
        tag: afterwards(ctx, caller).tag_on_desk(id).map(Tag),
        position: written(position),
        ..ProposeTagPayload::default()
    })
    .await
}

/// What the tag office says to a proposal (审批标签).
#[derive(Debug, Clone, InputObject)]
pub struct DecideTagInput {
    /// Which tag (标签).
    pub id: ID,
    /// Whether it may be used from now on (同意).
    pub accept: bool,
    /// A better code, where it is accepted (标签代码).
    pub code: Option<String>,
    /// Why; must be given where it is refused (理由).
    pub reason: Option<String>,
}

payload! {
    /// What came of deciding (审批标签结果).
    DecideTagPayload {
        /// The tag: ACTIVE, or RETIRED where it was refused (标签).
        tag: Tag,
    }
}

/// Decides a proposed tag.
pub async fn decide_tag(ctx: &Context<'_>, input: DecideTagInput) -> Result<DecideTagPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (tag, asker) = (id(&input.id)?, caller.clone());
    let deed = async move {
        let (code, reason) = (input.code.as_deref(), input.reason.as_deref());
        library.decide_tag(&asker, tag, input.accept, code, reason).await
    };
    done(ctx, deed, |position| DecideTagPayload {
        tag: afterwards(ctx, caller).tag_on_desk(tag).map(Tag),
        position: written(position),
        ..DecideTagPayload::default()
    })
    .await
}

/// What of a tag is changed; what is not given stays (修改标签).
#[derive(Debug, Clone, InputObject)]
pub struct EditTagInput {
    /// Which tag (标签).
    pub id: ID,
    /// Its name (标签名称).
    pub name: Option<String>,
    /// The tag above it, of the same group; null for none (上级标签).
    pub parent: MaybeUndefined<ID>,
}

payload! {
    /// What came of editing a tag (修改标签结果).
    EditTagPayload {
        /// The tag (标签).
        tag: Tag,
    }
}

/// Edits a tag.
pub async fn edit_tag(ctx: &Context<'_>, input: EditTagInput) -> Result<EditTagPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let tag = id(&input.id)?;
    let parent = match &input.parent {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(given) => Some(Some(id(given)?)),
    };
    let edit = EditTag { name: input.name, parent, synonyms: None };
    let asker = caller.clone();
    let deed = async move { library.change_tag(&asker, tag, edit).await };
    done(ctx, deed, |position| EditTagPayload {
        tag: afterwards(ctx, caller).tag_on_desk(tag).map(Tag),
        position: written(position),
        ..EditTagPayload::default()
    })
    .await
}

/// Other words for a tag (维护同义词).
#[derive(Debug, Clone, InputObject)]
pub struct EditSynonymsInput {
    /// Which tag (标签).
    pub id: ID,
    /// All other words for it from now on (同义词).
    pub synonyms: Vec<String>,
}

payload! {
    /// What came of editing synonyms (维护同义词结果).
    EditSynonymsPayload {
        /// The tag (标签).
        tag: Tag,
    }
}

/// Edits the synonyms of a tag.
pub async fn edit_synonyms(ctx: &Context<'_>, input: EditSynonymsInput) -> Result<EditSynonymsPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (tag, asker) = (id(&input.id)?, caller.clone());
    let edit = EditTag { synonyms: Some(input.synonyms), ..EditTag::default() };
    let deed = async move { library.change_tag(&asker, tag, edit).await };
    done(ctx, deed, |position| EditSynonymsPayload {
        tag: afterwards(ctx, caller).tag_on_desk(tag).map(Tag),
        position: written(position),
        ..EditSynonymsPayload::default()
    })
    .await
}

/// A tag that becomes another (合并标签).
#[derive(Debug, Clone, InputObject)]
pub struct MergeTagsInput {
    /// Which tag ends (被合并标签): its identifier, code and names lead to the other for good.
    pub from: ID,
    /// Which stands for it, of the same group (目标标签).
    pub into: ID,
}

payload! {
    /// What came of merging tags (合并标签结果).
    MergeTagsPayload {
        /// The tag that stands for both (标签).
        tag: Tag,
        /// What is still being done; null when all is (后续处理).
        sweep: Sweep,
    }
}

/// Merges tags.
pub async fn merge_tags(ctx: &Context<'_>, input: MergeTagsInput) -> Result<MergeTagsPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (from, into, asker) = (id(&input.from)?, id(&input.into)?, caller.clone());
    let deed = async move { library.merge_tags(&asker, from, into).await };
    let mut payload = done(ctx, deed, |position| MergeTagsPayload {
        tag: afterwards(ctx, caller.clone()).tag_on_desk(into).map(Tag),
        position: written(position),
        ..MergeTagsPayload::default()
    })
    .await?;
    payload.sweep = sweep::left(ctx, caller, payload.position.as_ref(), AnyId::TagId(from)).await?;
    Ok(payload)
}

/// A tag that is not used any more (停用标签).
#[derive(Debug, Clone, InputObject)]
pub struct RetireTagInput {
    /// Which tag (标签): it keeps its contents and is shown no more; its names are free.
    pub id: ID,
}

payload! {
    /// What came of retiring a tag (停用标签结果).
    RetireTagPayload {
        /// The tag (标签).
        tag: Tag,
    }
}

/// Retires a tag.
pub async fn retire_tag(ctx: &Context<'_>, input: RetireTagInput) -> Result<RetireTagPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let (tag, asker) = (id(&input.id)?, caller.clone());
    let deed = async move { library.retire_tag(&asker, tag).await };
    done(ctx, deed, |position| RetireTagPayload {
        tag: afterwards(ctx, caller).tag_on_desk(tag).map(Tag),
        position: written(position),
        ..RetireTagPayload::default()
    })
    .await
}

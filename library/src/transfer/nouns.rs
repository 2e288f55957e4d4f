//! The tables of the directory's nouns, as records are restored into them: rows as they were, under the ids that they had.
//!
//! What deeds refuse in what editors give is not asked again: rules may have changed since a record was written.

use super::entries::Carried;
use crate::changes::{List, Work};
use crate::code::CodeItem;
use crate::column::Column;
use crate::database::Sql;
use crate::directory::{Directory, Part};
use crate::due::{Due, schedule};
use crate::field::FieldDefinition;
use crate::id::AnyId;
use crate::leader::Leader;
use crate::organisation::Organisation;
use crate::panel::{Panel, PanelItem, accept};
use crate::refusal::Result;
use crate::sharing::{Subscription, SubscriptionSource};
use crate::site::Site;
use crate::tag::{Tag, TagGroup, TagState, register_names};

impl Carried for Organisation {
    fn part(directory: &Directory) -> &Part<Self> {
        &directory.organisations
    }
    fn any(&self) -> AnyId {
        AnyId::OrganisationId(self.id)
    }
    fn lists(&self, _: &Directory) -> Vec<List> {
        vec![List::organisations()]
    }
    fn above(&self) -> Vec<Self::Id> {
        self.fields.parent.into_iter().chain(self.merged_into).collect()
    }
    async fn insert(&self, work: &mut Work) -> Result<()> {
        static INSERT: Sql = Sql::new(
            "insert into organisation (id, code, credit_code, parent_id, merged_into_id, closed_at, rank, document)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        );
        let document = serde_json::to_string(&self.fields)?;
        let (fields, rank) = (&self.fields, self.fields.rank);
        let params = [
            self.id.into(),
            (&self.code).into(),
            (&fields.credit_code).into(),
            fields.parent.into(),
            self.merged_into.into(),
            self.closed_at.into(),
            rank.into(),
            document.into(),
        ];
        work.run(&INSERT, &params).await?;
        Ok(())
    }
}

impl Carried for Leader {
    fn part(directory: &Directory) -> &Part<Self> {
        &directory.leaders
    }
    fn any(&self) -> AnyId {
        AnyId::LeaderId(self.id)
    }
    fn lists(&self, _: &Directory) -> Vec<List> {
        vec![List::leaders(self.organisation)]
    }
    async fn insert(&self, work: &mut Work) -> Result<()> {
        static INSERT: Sql =
            Sql::new("insert into leader (id, organisation_id, rank, document) values ($1, $2, $3, $4)");
        let document = serde_json::to_string(&self.fields)?;
        let params = [self.id.into(), self.organisation.into(), self.fields.rank.into(), document.into()];
        work.run(&INSERT, &params).await?;
        Ok(())
    }
}

impl Carried for TagGroup {
    fn part(directory: &Directory) -> &Part<Self> {
        &directory.tag_groups
    }
    fn any(&self) -> AnyId {
        AnyId::TagGroupId(self.id)
    }
    fn lists(&self, _: &Directory) -> Vec<List> {
        vec![List::tags()]
    }
    async fn insert(&self, work: &mut Work) -> Result<()> {
        static INSERT: Sql = Sql::new("insert into tag_group (id, code, rank, document) values ($1, $2, $3, $4)");
        let document = serde_json::to_string(&self.fields)?;
        work.run(&INSERT, &[self.id.into(), (&self.code).into(), self.fields.rank.into(), document.into()]).await?;
        Ok(())
    }
}

impl Carried for Tag {
    fn part(directory: &Directory) -> &Part<Self> {
        &directory.tags
    }
    fn any(&self) -> AnyId {
        AnyId::TagId(self.id)
    }
    fn lists(&self, _: &Directory) -> Vec<List> {
        vec![List::tags()]
    }
    fn above(&self) -> Vec<Self::Id> {
        self.fields.parent.into_iter().chain(self.merged_into).collect()
    }
    async fn insert(&self, work: &mut Work) -> Result<()> {
        static INSERT: Sql = Sql::new(
            "insert into tag (id, code, group_id, parent_id, merged_into_id, steward_id, state, document)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        );
        let state: &str = self.state.into();
        let params = [
            self.id.into(),
            (&self.code).into(),
            self.group.into(),
            self.fields.parent.into(),
            self.merged_into.into(),
            self.fields.steward.into(),
            state.into(),
            serde_json::to_string(&self.fields)?.into(),
        ];
        work.run(&INSERT, &params).await?;
        match self.state {
            TagState::Active => register_names(work, self.id, &self.fields).await,
            _ => Ok(()),
        }
    }
}

impl Carried for CodeItem {
    fn part(directory: &Directory) -> &Part<Self> {
        &directory.codes
    }
    fn any(&self) -> AnyId {
        AnyId::CodeItemId(self.id)
    }
    fn lists(&self, _: &Directory) -> Vec<List> {
        vec![List::Codes(self.list)]
    }
    async fn insert(&self, work: &mut Work) -> Result<()> {
        static INSERT: Sql = Sql::new(
            "insert into code_item (id, list, code, parent_id, rank, retired, name) values ($1, $2, $3, $4, $5, $6, $7)",
        );
        let list: &str = self.list.into();
        let params = [
            self.id.into(),
            list.into(),
            (&self.code).into(),
            self.parent.into(),
            self.rank.into(),
            self.retired.into(),
            (&self.name).into(),
        ];
        work.run(&INSERT, &params).await?;
        Ok(())
    }
}

impl Carried for Site {
    fn part(directory: &Directory) -> &Part<Self> {
        &directory.sites
    }
    fn any(&self) -> AnyId {
        AnyId::SiteId(self.id)
    }
    fn lists(&self, _: &Directory) -> Vec<List> {
        vec![List::sites()]
    }
    async fn insert(&self, work: &mut Work) -> Result<()> {
        static INSERT: Sql =
            Sql::new("insert into site (id, code, parent_id, status, document) values ($1, $2, $3, $4, $5)");
        static INSERT_HOST: Sql = Sql::new("insert into site_host (host, site_id) values ($1, $2)");
        let status: &str = self.status.into();
        let document = serde_json::to_string(&self.fields)?;
        let params = [self.id.into(), (&self.code).into(), self.parent.into(), status.into(), document.into()];
        work.run(&INSERT, &params).await?;
        for host in &self.fields.hosts {
            work.run(&INSERT_HOST, &[host.into(), self.id.into()]).await?;
        }
        work.site = Some(self.id);
        Ok(())
    }
}

impl Carried for Column {
    fn part(directory: &Directory) -> &Part<Self> {
        &directory.columns
    }
    fn any(&self) -> AnyId {
        AnyId::ColumnId(self.id)
    }
    fn lists(&self, _: &Directory) -> Vec<List> {
        vec![List::columns(self.site)]
    }
    async fn insert(&self, work: &mut Work) -> Result<()> {
        static INSERT: Sql = Sql::new(
            "insert into site_column (id, site_id, parent_id, path, rank, status, document)
             values ($1, $2, $3, $4, $5, $6, $7)",
        );
        let status: &str = self.status.into();
        let params = [
            self.id.into(),
            self.site.into(),
            self.parent.into(),
            (&self.path).into(),
            self.fields.rank.into(),
            status.into(),
            serde_json::to_string(&self.fields)?.into(),
        ];
        work.run(&INSERT, &params).await?;
        Ok(())
    }
}

impl Carried for FieldDefinition {
    fn part(directory: &Directory) -> &Part<Self> {
        &directory.fields
    }
    fn any(&self) -> AnyId {
        AnyId::FieldDefinitionId(self.id)
    }
    fn lists(&self, _: &Directory) -> Vec<List> {
        vec![List::fields()]
    }
    async fn insert(&self, work: &mut Work) -> Result<()> {
        static INSERT: Sql = Sql::new(
            "insert into field_definition (id, site_id, column_id, key, retired, rank, document)
             values ($1, $2, $3, $4, $5, $6, $7)",
        );
        let params = [
            self.id.into(),
            self.site.into(),
            self.column.into(),
            (&self.key).into(),
            self.retired.into(),
            self.fields.rank.into(),
            serde_json::to_string(&self.fields)?.into(),
        ];
        work.run(&INSERT, &params).await?;
        Ok(())
    }
}

impl Carried for Subscription {
    fn part(directory: &Directory) -> &Part<Self> {
        &directory.subscriptions
    }
    fn any(&self) -> AnyId {
        AnyId::SubscriptionId(self.id)
    }
    fn lists(&self, directory: &Directory) -> Vec<List> {
        let mut lists = vec![List::subscriptions(self.target)];
        if let SubscriptionSource::Column(source) = self.source {
            lists.extend(directory.columns.family(source).into_iter().map(List::subscriptions));
        }
        lists
    }
    async fn insert(&self, work: &mut Work) -> Result<()> {
        static INSERT: Sql = Sql::new(
            "insert into column_subscription (id, target_column_id, source_kind, source_id, state, created_at, document)
             values ($1, $2, $3, $4, $5, $6, $7)",
        );
        let (kind, source) = self.source.cells();
        let state: &str = self.state.into();
        let params = [
            self.id.into(),
            self.target.into(),
            kind.into(),
            source.into(),
            state.into(),
            self.created_at.into(),
            serde_json::to_string(&self.fields)?.into(),
        ];
        work.run(&INSERT, &params).await?;
        Ok(())
    }
}

impl Carried for Panel {
    fn part(directory: &Directory) -> &Part<Self> {
        &directory.panels
    }
    fn any(&self) -> AnyId {
        AnyId::PanelId(self.id)
    }
    fn lists(&self, _: &Directory) -> Vec<List> {
        vec![List::panels(self.site)]
    }
    fn lasting(&self) -> Result<serde_json::Value> {
        fn forget(items: &mut [PanelItem]) {
            for item in items {
                item.shown = false;
                forget(&mut item.children);
            }
        }
        let mut lasting = self.clone();
        forget(&mut lasting.fields.items);
        Ok(serde_json::to_value(&lasting)?)
    }
    async fn insert(&self, work: &mut Work) -> Result<()> {
        static INSERT: Sql = Sql::new(
            "insert into panel (id, site_id, column_id, code, archived, revision, document)
             values ($1, $2, $3, $4, $5, $6, $7)",
        );
        let document = serde_json::to_string(&self.fields)?;
        let now = work.at;
        let (fields, mut moments) = accept(self.fields.clone(), now, work.library().html())?;
        // What passed since the panel was written is caught up with at once.
        if serde_json::to_string(&fields)? != document {
            moments.push(now);
        }
        let params = [
            self.id.into(),
            self.site.into(),
            self.column.into(),
            (&self.code).into(),
            self.archived.into(),
            self.revision.into(),
            document.into(),
        ];
        work.run(&INSERT, &params).await?;
        for moment in moments {
            schedule(work, moment, Due::Panel, self.id.0).await?;
        }
        Ok(())
    }
}

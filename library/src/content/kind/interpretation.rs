//! Interpretations of policies (政策解读).

use serde::{Deserialize, Serialize};

use super::{Kind, Publication};

/// The form of an interpretation (政策解读形式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum InterpretationForm {
    #[default]
    Text,
    Graphic,
    Video,
    Questions,
    PressConference,
    Expert,
    Media,
    DigitalHuman,
}

/// Who interprets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs, reason = "the names say it")]
pub enum InterpreterRole {
    DepartmentHead,
    Expert,
    Media,
}

/// What an interpretation has of its own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct InterpretationDetails {
    /// 解读形式.
    pub form: InterpretationForm,
    /// 解读人.
    pub author_role: Option<InterpreterRole>,
}

impl Kind for InterpretationDetails {
    type Glance = Self;

    fn glance(&self, _: &Publication<'_>) -> Self {
        *self
    }
}

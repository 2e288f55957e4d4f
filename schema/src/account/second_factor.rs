//! Second factors (双因素认证): enrolling the own one, and removing that of somebody who lost it.

use async_graphql::{Context, ID, InputObject, Result};

use crate::deed::{caller, done, payload, written};
use crate::scalars::id;

/// A second factor of the asker's own account (启用双因素认证).
#[derive(Clone, InputObject)]
pub struct EnrolSecondFactorInput {
    /// The six digits that the app shows (验证码). Without them a factor is begun; with them, within 15 minutes, it counts.
    pub code: Option<String>,
}

payload! {
    /// What came of enrolling a second factor (启用双因素认证结果).
    EnrolSecondFactorPayload {
        /// Whether it counts from now on (已启用): false where it was begun only.
        confirmed: bool,
        /// The secret as people type it into an app (密钥), in Base32; answered once, when it is begun.
        secret: String,
        /// The same as an address (`otpauth://`) that apps read from a QR code (二维码内容); answered once.
        uri: String,
    }
}

/// Begins or confirms a second factor.
pub async fn enrol_second_factor(ctx: &Context<'_>, input: EnrolSecondFactorInput) -> Result<EnrolSecondFactorPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let deed = async move { library.enrol_second_factor(&caller, input.code.as_deref()).await };
    done(ctx, deed, |enrolment| EnrolSecondFactorPayload {
        confirmed: Some(enrolment.confirmed),
        secret: enrolment.secret.map(|secret| secret.0),
        uri: enrolment.uri.map(|uri| uri.0),
        position: written(enrolment.position),
        ..EnrolSecondFactorPayload::default()
    })
    .await
}

/// Whose second factor is removed (移除双因素认证).
#[derive(Clone, InputObject)]
pub struct RemoveSecondFactorInput {
    /// Whose (账号): not the asker's own.
    pub account: ID,
}

payload! {
    /// What came of removing a second factor (移除双因素认证结果).
    RemoveSecondFactorPayload {}
}

/// Removes a second factor.
pub async fn remove_second_factor(
    ctx: &Context<'_>,
    input: RemoveSecondFactorInput,
) -> Result<RemoveSecondFactorPayload> {
    let (library, caller) = (crate::scope(ctx).library().clone(), caller(ctx));
    let account = id(&input.account)?;
    let deed = async move { library.remove_second_factor(&caller, account).await };
    done(ctx, deed, |position| RemoveSecondFactorPayload {
        position: written(position),
        ..RemoveSecondFactorPayload::default()
    })
    .await
}

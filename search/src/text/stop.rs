//! Words of questions (疑问用语) that say nothing about what is asked: they rank nothing and need not be found.

use std::collections::HashSet;
use std::sync::LazyLock;

const WORDS: &str = "的 了 是 吗 呢 什么 怎么 怎么办 如何 怎样 哪些 哪 可以 能 能否 是否 有 要 在 和 与 及 或 我 你 他 她 它 请问 吧 \
    啊 应该 应当 多少 为什么 谁 么 咨询 关于 问题 反映 有关 都 就 被 把 对 向 从 不 还 也 需要 情况 怎么样 有没有 没有 会 让 给 等 \
    该 其 这 那 一 个 什么样 何 哪里 哪个 几 不可以 可否 是不是 能不能 可不可以 您好 你好 谢谢 想 请 想问 一下 得 地 着 所 而 但 若";

static STOP: LazyLock<HashSet<&'static str>> = LazyLock::new(|| WORDS.split_whitespace().collect());

/// Whether a folded word says nothing about what is asked.
pub fn says_nothing(word: &str) -> bool {
    STOP.contains(word)
}

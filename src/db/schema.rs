//! The tables, as the query builder knows them: the same on both engines.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    names_version (id) {
        id -> BigInt,
        version -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    secrets (name) {
        name -> Text,
        value -> Binary,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    categories (id) {
        id -> IdSql,
        slug -> Text,
        name -> Text,
        description -> Text,
        parent_id -> Nullable<IdSql>,
        position -> BigInt,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    category_ancestors (category_id, ancestor_id) {
        category_id -> IdSql,
        ancestor_id -> IdSql,
        depth -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    category_slugs (slug) {
        slug -> Text,
        category_id -> IdSql,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    terms (id) {
        id -> IdSql,
        relation -> Text,
        slug -> Text,
        name -> Text,
        description -> Text,
        picture -> Nullable<Text>,
        links -> Text,
        version -> BigInt,
        created_at -> BigInt,
        updated_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    term_slugs (relation, slug) {
        relation -> Text,
        slug -> Text,
        term_id -> IdSql,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    articles (id) {
        id -> IdSql,
        kind -> Text,
        locale -> Text,
        created_at -> BigInt,
        created_by -> IdSql,
        trashed_at -> Nullable<BigInt>,
        version -> BigInt,
        newest_revision -> BigInt,
        saved_at -> BigInt,
        category_id -> Nullable<IdSql>,
        title_folded -> Text,
        embargo_until -> Nullable<BigInt>,
        embargo_note -> Nullable<Text>,
        translation_group -> Nullable<IdSql>,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    revisions (article_id, number) {
        article_id -> IdSql,
        number -> BigInt,
        slug -> Text,
        title -> Text,
        excerpt -> Text,
        category_id -> Nullable<IdSql>,
        refs -> Text,
        image -> Nullable<Text>,
        seo -> Nullable<Text>,
        custom -> Nullable<Text>,
        word_count -> BigInt,
        saved_at -> BigInt,
        saved_by -> IdSql,
        version -> BigInt,
        note -> Nullable<Text>,
        restored_from -> Nullable<BigInt>,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    revision_bodies (article_id, number) {
        article_id -> IdSql,
        number -> BigInt,
        format -> Text,
        source -> Text,
        html -> Text,
        text -> Text,
        warnings -> Text,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    revision_keys (article_id, number, relation, target_id) {
        article_id -> IdSql,
        number -> BigInt,
        relation -> Text,
        target_id -> IdSql,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    publications (id) {
        id -> IdSql,
        article_id -> IdSql,
        revision -> BigInt,
        follows_newest -> Bool,
        publish_at -> BigInt,
        unpublish_at -> BigInt,
        cut_at -> BigInt,
        ends_at -> BigInt,
        published_at_given -> Nullable<BigInt>,
        published_at -> BigInt,
        updated_at -> BigInt,
        minor -> Bool,
        withdrawn_reason -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        publish_at_local -> Nullable<Text>,
        unpublish_at_local -> Nullable<Text>,
        version -> BigInt,
        created_by -> IdSql,
        created_at -> BigInt,
        base_revision -> Nullable<BigInt>,
        undoes -> Text,
        overrides_embargo -> Bool,
        release_id -> Nullable<IdSql>,
        decided_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    listings (list, first_at, article_id, from_at) {
        list -> Text,
        first_at -> BigInt,
        article_id -> IdSql,
        from_at -> BigInt,
        until_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    drafts (list, first_at, article_id, from_at) {
        list -> Text,
        first_at -> BigInt,
        article_id -> IdSql,
        from_at -> BigInt,
        until_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    standings (article_id, from_at) {
        article_id -> IdSql,
        from_at -> BigInt,
        until_at -> BigInt,
        status -> Text,
        kind -> Text,
        locale -> Text,
        created_by -> IdSql,
        created_at -> BigInt,
        saved_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    slugs (locale, slug) {
        locale -> Text,
        slug -> Text,
        article_id -> IdSql,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    audit (number) {
        number -> BigInt,
        id -> IdSql,
        at -> BigInt,
        actor_id -> Nullable<IdSql>,
        key_id -> Nullable<IdSql>,
        address -> Nullable<Text>,
        action -> Text,
        target_kind -> Text,
        target_id -> IdSql,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        hash -> Binary,
    }
}

table! {
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    audit_head (id) {
        id -> BigInt,
        number -> BigInt,
        hash -> Binary,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    idempotency_keys (user_id, operation, key) {
        user_id -> IdSql,
        operation -> Text,
        key -> Text,
        body_hash -> Binary,
        answer -> Text,
        created_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    users (id) {
        id -> IdSql,
        email -> Text,
        name -> Text,
        role -> Text,
        password_hash -> Text,
        active -> Bool,
        category_ids -> Nullable<Text>,
        version -> BigInt,
        created_at -> BigInt,
        password_expires_at -> Nullable<BigInt>,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    sessions (id) {
        id -> IdSql,
        user_id -> IdSql,
        address -> Text,
        user_agent -> Nullable<Text>,
        created_at -> BigInt,
        last_used_at -> BigInt,
        expires_at -> BigInt,
        revoked_at -> Nullable<BigInt>,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> IdSql,
        created_at -> BigInt,
        used_at -> Nullable<BigInt>,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    login_failures (id) {
        id -> IdSql,
        subject -> Text,
        at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    signing_keys (id) {
        id -> IdSql,
        private_key -> Binary,
        public_key -> Binary,
        created_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    api_keys (id) {
        id -> IdSql,
        name -> Text,
        scopes -> Text,
        category_ids -> Nullable<Text>,
        secret_hash -> Binary,
        prefix -> Text,
        previous_hash -> Nullable<Binary>,
        previous_prefix -> Nullable<Text>,
        previous_until -> Nullable<BigInt>,
        version -> BigInt,
        created_by -> IdSql,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
        last_used_at -> Nullable<BigInt>,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    preview_links (id) {
        id -> IdSql,
        article_id -> Nullable<IdSql>,
        at -> Nullable<BigInt>,
        drafts -> Bool,
        created_by -> IdSql,
        created_at -> BigInt,
        expires_at -> BigInt,
        release_id -> Nullable<IdSql>,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    releases (id) {
        id -> IdSql,
        name -> Text,
        publish_at -> Nullable<BigInt>,
        time_zone -> Nullable<Text>,
        publish_at_local -> Nullable<Text>,
        version -> BigInt,
        created_by -> IdSql,
        created_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    release_entries (id) {
        id -> IdSql,
        release_id -> IdSql,
        article_id -> IdSql,
        revision -> BigInt,
        follows_newest -> Bool,
        unpublish_at -> Nullable<BigInt>,
        unpublish_at_local -> Nullable<Text>,
        time_zone -> Nullable<Text>,
        published_at -> Nullable<BigInt>,
        minor -> Bool,
        overrides_embargo -> Bool,
        created_by -> IdSql,
        created_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    trashings (article_id, from_at) {
        article_id -> IdSql,
        from_at -> BigInt,
        until_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    redirects (id) {
        id -> IdSql,
        from_path -> Text,
        target -> Text,
        target_path -> Nullable<Text>,
        created_by -> IdSql,
        created_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    calendar_subscriptions (id) {
        id -> IdSql,
        name -> Nullable<Text>,
        filters -> Text,
        created_by -> IdSql,
        created_at -> BigInt,
        expires_at -> Nullable<BigInt>,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    autosaves (article_id, user_id) {
        article_id -> IdSql,
        user_id -> IdSql,
        base_version -> BigInt,
        saved_at -> BigInt,
        note -> Nullable<Text>,
        slug -> Text,
        title -> Text,
        excerpt -> Text,
        format -> Text,
        source -> Text,
        category_id -> Nullable<IdSql>,
        refs -> Text,
        image -> Nullable<Text>,
        seo -> Nullable<Text>,
        custom -> Nullable<Text>,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    corrections (id) {
        id -> IdSql,
        article_id -> IdSql,
        locale -> Text,
        from_at -> BigInt,
        until_at -> BigInt,
        kind -> Text,
        format -> Text,
        source -> Text,
        html -> Text,
        time_zone -> Nullable<Text>,
        at_local -> Nullable<Text>,
        version -> BigInt,
        created_by -> IdSql,
        created_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    curated_lists (id) {
        id -> IdSql,
        slug -> Text,
        name -> Text,
        version -> BigInt,
        created_by -> IdSql,
        created_at -> BigInt,
    }
}

table! {
    use super::super::types::IdSql;
    use diesel::sql_types::*;

    #[allow(missing_docs)]
    curated_editions (id) {
        id -> IdSql,
        list_id -> IdSql,
        publish_at -> BigInt,
        time_zone -> Nullable<Text>,
        publish_at_local -> Nullable<Text>,
        slots -> Text,
        created_by -> IdSql,
        created_at -> BigInt,
    }
}

allow_tables_to_appear_in_same_query!(
    names_version,
    secrets,
    categories,
    category_ancestors,
    category_slugs,
    terms,
    term_slugs,
    articles,
    revisions,
    revision_bodies,
    revision_keys,
    publications,
    listings,
    drafts,
    standings,
    slugs,
    audit,
    audit_head,
    idempotency_keys,
    users,
    sessions,
    refresh_tokens,
    login_failures,
    signing_keys,
    api_keys,
    preview_links,
    redirects,
    releases,
    release_entries,
    trashings,
    calendar_subscriptions,
    autosaves,
    corrections,
    curated_lists,
    curated_editions
);

DROP TABLE drafts;
DROP TABLE calendar_subscriptions;
DROP TABLE preview_links;

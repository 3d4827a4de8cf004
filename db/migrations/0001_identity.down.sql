drop table api_keys, sources, refresh_tokens, consents, user_profiles, users, organizations, roles, applied_functions;
drop function separate_organizations(regclass);
drop function current_organization_id();

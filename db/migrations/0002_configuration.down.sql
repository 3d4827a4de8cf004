drop table leaves, holidays, shift_assignments, shifts, policy_versions, application_settings, system_configs;

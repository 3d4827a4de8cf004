import { operations, type SystemConfigPatch } from '@rollcall/contracts';
import { mergeSettings } from '../../../domain/settings-change.js';
import { entityTag, readIfMatch } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { changeSettings, type ChangeSettingsPorts } from './change-settings.js';

export function updateSystemConfigRoute(ports: ChangeSettingsPorts): Route {
  return defineRoute(operations.updateSystemConfig, async (call) => {
    const patch = call.body.value as SystemConfigPatch;
    const version = readIfMatch(call.headers);
    const settings = await changeSettings(ports, call, {
      version,
      sent: patch,
      decide: (present) => mergeSettings(present, patch),
    });
    return reply(200, 'SYSTEM_CONFIG_CHANGED', 'The settings are in force.', settings, {
      headers: { ETag: entityTag(settings.version) },
    });
  });
}

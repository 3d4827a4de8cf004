import { operations, type SystemConfigBody } from '@rollcall/contracts';
import { mergeSettings } from '../../../domain/settings-change.js';
import { entityTag, readIfMatch } from '../../reading/read-if-match.js';
import { reply } from '../../reply.js';
import { defineRoute, type Route } from '../../route.js';
import { changeSettings, type ChangeSettingsPorts } from './change-settings.js';

export function replaceSystemConfigRoute(ports: ChangeSettingsPorts): Route {
  return defineRoute(operations.replaceSystemConfig, async (call) => {
    const body = call.body.value as SystemConfigBody;
    // Who names no version replaces whatever there is: the body is the whole of it.
    const version = call.headers['if-match'] === undefined ? null : readIfMatch(call.headers);
    const decide = () => mergeSettings({}, body);
    const settings = await changeSettings(ports, call, { version, sent: body, decide });
    return reply(200, 'SYSTEM_CONFIG_CHANGED', 'The settings are in force.', settings, {
      headers: { ETag: entityTag(settings.version) },
    });
  });
}

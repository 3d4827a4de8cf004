export * from './person-day.js';
export * from './load-organization-calendar.js';
export * from './load-person-calendars.js';
export * from './load-person-days.js';

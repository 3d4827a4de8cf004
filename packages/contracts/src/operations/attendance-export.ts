import { AttendanceExportQuery, exportContentTypes } from '../http/attendance-export.js';
import { declareOperations } from './operation.js';

export const attendanceExportOperations = declareOperations({
  exportAttendance: {
    method: 'get',
    path: '/v1/ops/attendance/export',
    tag: 'Attendance',
    summary: 'Records as a file: CSV or XLSX',
    description:
      'All records of the filter, oldest work date first, however many. Who takes out what is in the audit trail before the first row leaves. A transfer that fails breaks off: a file that came whole is whole.',
    access: ['ADMIN', 'OPERATOR'],
    query: AttendanceExportQuery,
    answers: [
      {
        status: 200,
        description: 'The file.',
        contentType: exportContentTypes.csv,
        otherContentTypes: [exportContentTypes.xlsx],
      },
    ],
    errors: ['USER_NOT_FOUND'],
  },
});

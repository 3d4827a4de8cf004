import { describe, expect, it } from 'vitest';
import { createImportPlanner, readImportLine, type ImportLine, type PresentPerson } from './plan-import.js';

const ada: PresentPerson = {
  userId: 'ada',
  role: 'USER',
  fullName: 'Ada',
  email: 'ada@example.test',
  employeeCode: 'E-1',
  department: null,
  isActive: true,
};

function lineOf(line: number, fields: Record<string, string>): ImportLine {
  const read = readImportLine({ line, fields });
  if ('kind' in read) throw new Error(JSON.stringify(read));
  return read;
}

describe('createImportPlanner', () => {
  it('knows people by their code first, then by their email', () => {
    const { planLine } = createImportPlanner(() => 'new');
    expect(planLine(lineOf(2, { employee_code: 'E-1', email: 'new@example.test' }), [ada])).toMatchObject({
      kind: 'update',
      changed: ['email'],
      person: { userId: 'ada', email: 'new@example.test' },
    });
    const uncoded = { ...ada, userId: 'bob', employeeCode: null, email: 'bob@example.test' };
    expect(planLine(lineOf(3, { employee_code: 'E-2', email: 'bob@example.test' }), [uncoded])).toMatchObject({
      kind: 'update',
      changed: ['employee_code'],
    });
  });

  it('says the same whether what a line took away is still there or not', () => {
    const change = lineOf(2, { employee_code: 'E-1', email: 'new@example.test' });
    const next = lineOf(3, { full_name: 'Eve', email: 'ada@example.test' });
    const verdicts = [[ada], []].map((present) => {
      const { planLine } = createImportPlanner(() => 'new');
      planLine(change, [ada]);
      return planLine(next, present);
    });
    expect(verdicts[0]).toEqual(verdicts[1]);
    expect(verdicts[0]).toMatchObject({ kind: 'refused', problems: [{ path: '/email', code: 'TAKEN' }] });
  });

  it('plans lines anew as if they had not been there', () => {
    const planner = createImportPlanner(() => 'new');
    const first = lineOf(2, { full_name: 'Eve', email: 'eve@example.test' });
    expect(planner.planLine(first, [])).toMatchObject({ kind: 'create' });
    planner.rewind(2);
    const eve = { ...ada, userId: 'eve', email: 'eve@example.test', fullName: 'Eve', employeeCode: null };
    expect(planner.planLine(first, [eve])).toMatchObject({ kind: 'unchanged', userId: 'eve' });
    planner.rewind(3);
    expect(planner.planLine(lineOf(3, { email: 'eve@example.test' }), [eve])).toMatchObject({
      kind: 'refused',
      problems: [{ code: 'DUPLICATE', message: 'is in line 2 already' }],
    });
  });
});

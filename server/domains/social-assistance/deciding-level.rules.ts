import type { SettingForm } from '../../engines/benefits/index.ts'

/** 社会救助暂行办法: the county may leave the decision to its towns (审核确认权限下放). */
export const DECIDING_LEVEL: SettingForm = {
  kind: 'choice',
  choices: { county: '县级民政部门审核确认', township: '乡镇（街道）审核确认' },
  unset: '县级民政部门审核确认',
}

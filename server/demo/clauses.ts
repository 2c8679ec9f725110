/** The articles that the decisions of 2020 rest on, as printed on them: 社会救助暂行办法 (国务院令第649号). */
export const CLAUSES = {
  subsistenceGranted: '《社会救助暂行办法》（国务院令第649号）第九条、第十二条',
  subsistenceChanged: '《社会救助暂行办法》（国务院令第649号）第十三条',
  subsistenceReverified:
    '《社会救助暂行办法》（国务院令第649号）第十三条；2020年城乡低保提标方案：自2020年1月1日起执行，同步复核家庭收入，1—2月差额予以补发',
  subsistenceOverpaid:
    '《社会救助暂行办法》（国务院令第649号）第十三条；享受对象死亡的，自死亡次月起停发，已发放的予以追回',
  destituteGranted: '《社会救助暂行办法》（国务院令第649号）第十四条、第十五条',
  destituteCare: '《国务院关于进一步健全特困人员救助供养制度的意见》（国发〔2016〕14号）',
  destitutePlace: '《社会救助暂行办法》（国务院令第649号）第十九条',
  destituteEnded: '《社会救助暂行办法》（国务院令第649号）第十八条',
  aidGranted: '《社会救助暂行办法》（国务院令第649号）第四十七条、第四十八条',
  aidUrgent: '《社会救助暂行办法》（国务院令第649号）第四十八条：情况紧急的，可以简化审批手续',
} as const

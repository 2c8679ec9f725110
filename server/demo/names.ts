import type { Dice } from './dice.ts'
import type { Sex } from './plan-types.ts'

// Surnames as they are common in the north of Guangdong; the two Yao townships have their own. All people are invented.
const SURNAMES = split(
  '黄 黄 黄 陈 陈 陈 李 李 李 邓 邓 张 张 刘 刘 何 何 成 成 吴 吴 欧 罗 罗 曾 梁 梁 谢 谢 唐 莫 邵 石 廖 骆 潘 胡 关 伍 江 温 ' +
    '林 杨 周 王 赖 肖 蔡 彭 钟 冯 丘 叶 植 甘 雷 卢 马 毛 欧阳 范 孔 朱 徐 曹 蒋 易 阮 钱 沈 邹 严',
)
const YAO_SURNAMES = split('盘 盘 盘 赵 赵 赵 邓 邓 冯 冯 房 房 唐 唐 李 李 黄 沈 龙 莫')
const YAO_TOWNS = new Set(['441882200', '441882201'])

const OLDER_MALE = split(
  '生 发 财 福 贵 金 水 土 木 石 林 祥 仁 义 德 昌 荣 华 富 兴 旺 来 有 亚 观 神 天 火 社 庆 保 添 国 文 明 志 业 光 基 才',
)
const OLDER_FEMALE = split(
  '娣 妹 英 兰 莲 凤 秀 桂 玉 珍 香 花 月 娥 金 银 菊 梅 琼 芳 连 娇 细 带 新 美 群 容 彩 招 引 贞 翠 珠 锦 葵 七 美 雪 仙',
)
const MIDDLE_MALE = split(
  '伟 强 军 勇 志 明 华 国 建 文 平 辉 杰 斌 峰 海 波 锋 健 锦 雄 新 永 光 庆 坤 成 东 宏 远 荣 才 良 松 林 飞 富 祥 利 亮',
)
const MIDDLE_FEMALE = split(
  '丽 红 燕 霞 艳 梅 芳 娟 玲 萍 秀 英 春 洁 琴 敏 静 兰 娜 珍 莉 云 凤 莲 香 雪 琼 群 瑞 美 银 素 清 小 桂 月 伟 彩 文 慧',
)
const YOUNG_MALE = split(
  '浩 宇 轩 梓 俊 杰 豪 子 睿 博 文 涛 嘉 铭 泽 晨 阳 皓 天 佑 志 鑫 伟 宏 烨 承 思 远 炜 霖 昊 然 凯 明 哲 瀚 逸 航 启 立',
)
const YOUNG_FEMALE = split(
  '欣 怡 梓 涵 雨 婷 佳 琪 思 颖 嘉 诗 雅 静 晓 彤 馨 悦 子 萱 芷 晴 紫 琳 可 心 慧 敏 文 玥 语 桐 若 妍 依 诺 乐 宁 婉 柔',
)

export function surnameFor(dice: Dice, town: string): string {
  return dice.pick(YAO_TOWNS.has(town) ? YAO_SURNAMES : SURNAMES)
}

/** One or two characters; the taste of the years of birth. */
export function givenNameFor(dice: Dice, sex: Sex, bornYear: number): string {
  const characters = charactersOf(sex, bornYear)
  const first = dice.pick(characters)
  if (dice.percent(bornYear < 1960 ? 12 : 18)) return first
  return first + dice.pick(characters)
}

function charactersOf(sex: Sex, bornYear: number): readonly string[] {
  if (bornYear < 1962) return sex === 'male' ? OLDER_MALE : OLDER_FEMALE
  if (bornYear < 1995) return sex === 'male' ? MIDDLE_MALE : MIDDLE_FEMALE
  return sex === 'male' ? YOUNG_MALE : YOUNG_FEMALE
}

function split(text: string): readonly string[] {
  return text.split(' ')
}

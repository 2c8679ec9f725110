import type { Dice } from './dice.ts'

/**
 * Names as they are common in China: the commonest surnames with about their share, given names by sex and age with a few that many
 * share. The initial of each reading stands here by hand, so that a search by initials is judged by something else than itself.
 */
export interface MadeName {
  fullName: string
  /** Of the whole name, small letters. */
  initials: string
}

interface Part {
  text: string
  initials: string
  weight: number
}

/** `text` in Chinese, its initials, and how many of a thousand bear it. */
const SURNAMES = partsOf(
  '王w72 李l71 张z68 刘l54 陈c46 杨y31 赵z23 黄h22 吴w21 周z21 徐x15 孙s15 马m13 朱z12 胡h12 郭g11 何h11 林l11 高g10 罗l10 郑z9 梁l9 ' +
    '谢x8 宋s8 唐t7 许x7 邓d7 冯f6 韩h6 曹c6 曾z6 彭p6 肖x5 蔡c5 潘p5 田t5 董d5 袁y5 于y5 余y5 叶y5 蒋j5 杜d5 苏s4 魏w4 程c4 吕l4 丁d4 ' +
    '沈s4 任r4 姚y4 卢l4 傅f3 钟z4 姜j4 崔c4 谭t4 廖l4 范f4 汪w3 陆l4 金j4 石s3 戴d3 贾j3 韦w3 夏x3 邱q3 方f3 侯h3 邹z3 熊x3 孟m3 秦q3 ' +
    '白b3 江j3 阎y2 薛x3 尹y3 段d3 雷l3 黎l2 史s2 龙l2 陶t2 贺h2 毛m2 顾g2 龚g2 郝h2 邵s2 万w2 武w2 钱q2 严y2 莫m2 孔k2 向x2 常c2 汤t2 ' +
    '欧o1 单s1 解x1 仇q1 查z1 区o1 盘p1 房f1 欧阳oy1 司徒st1 上官sg1 诸葛zg1',
)

/** Given names that whole generations share, the commonest first. */
const SHARED = {
  female: ranked(
    '秀英xy 桂英gy 秀兰xl 玉兰yl 桂兰gl 秀珍xz 凤英fy 玉英yy 玉珍yz 兰英ly 淑英sy 桂珍gz 素珍sz 翠英cy 淑珍sz 秀芳xf 玉梅ym 桂花gh 美英my 秀云xy',
  ),
  male: ranked(
    '建国jg 建华jh 国华gh 志明zm 德明dm 文华wh 玉林yl 国强gq 建军jj 志强zq 德华dh 春生cs 永福yf 国平gp 金生js 水生ss 福生fs 志华zh 文明wm 建平jp',
  ),
} as const

const CHARACTERS = {
  older: {
    female: ranked(
      '英y 秀x 桂g 兰l 玉y 珍z 凤f 莲l 香x 花h 月y 娥e 金j 银y 梅m 芳f 琴q 云y 芬f 素s 淑s 华h 荣r 美m 春c 红h 霞x 翠c 菊j 仙x 娣d 妹m 娇j 新x 群q 爱a',
    ),
    male: ranked(
      '国g 建j 华h 文w 明m 志z 德d 军j 平p 林l 海h 强q 福f 祥x 贵g 生s 光g 荣r 金j 春c 永y 庆q 忠z 义y 学x 成c 良l 新x 根g 宝b 树s 兴x 发f 水s 有y 才c',
    ),
  },
  younger: {
    female: ranked(
      '丽l 娟j 燕y 艳y 萍p 玲l 敏m 静j 洁j 雪x 婷t 欣x 怡y 诗s 雨y 思s 佳j 梓z 涵h 红h 霞x 芳f 梅m 莉l 慧h 颖y 晓x 琳l 倩q 文w 小x 春c 彩c 海h 金j 美m',
    ),
    male: ranked(
      '伟w 勇y 军j 杰j 涛t 磊l 强q 鹏p 浩h 宇y 轩x 俊j 博b 文w 嘉j 晨c 阳y 豪h 睿r 航h 鑫x 志z 明m 海h 建j 斌b 辉h 龙l 飞f 峰f 子z 家j 永y 国g 亮l 超c',
    ),
  },
} as const

/** Names of several parts, as Uyghur people bear them. */
const LONG = ranked(
  '阿依努尔ayne 买买提mmt 古丽gl 热合曼rhm 迪里拜尔dlbe 吐尔逊tex 艾合买提ahmt 帕提古丽ptgl',
)

function partsOf(text: string): Part[] {
  return text.split(' ').map((entry) => {
    const [, name = '', initials = '', weight = '1'] = /^(\p{Script=Han}+)([a-z]+)(\d*)$/u.exec(entry) ?? []
    return { text: name, initials, weight: Number(weight === '' ? 1 : weight) }
  })
}

/** Each is a little rarer than the one before. */
function ranked(text: string): Part[] {
  return partsOf(text).map((part, rank) => ({ ...part, weight: 1 / (rank + 4) }))
}

export function makeName(
  dice: Dice,
  { sex, bornYear }: { sex: 'male' | 'female'; bornYear: number },
): MadeName {
  const pick = (parts: readonly Part[]): Part =>
    parts[dice.weighted(parts.map(({ weight }) => weight))] ?? { text: '某', initials: 'm', weight: 1 }
  if (dice.isBelow(0.002)) {
    const [first, second] = [pick(LONG), pick(LONG)]
    return { fullName: `${first.text}·${second.text}`, initials: first.initials + second.initials }
  }
  const surname = pick(SURNAMES)
  const isOlder = bornYear < 1965
  const characters = CHARACTERS[isOlder ? 'older' : 'younger'][sex]
  const given = dice.isBelow(isOlder ? 0.2 : 0.03)
    ? [pick(SHARED[sex])]
    : dice.isBelow(isOlder ? 0.1 : 0.16)
      ? [pick(characters)]
      : [pick(characters), pick(characters)]
  const parts = [surname, ...given]
  return {
    fullName: parts.map(({ text }) => text).join(''),
    initials: parts.map(({ initials }) => initials).join(''),
  }
}

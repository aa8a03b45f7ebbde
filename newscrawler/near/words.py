"""What editors may say in another way without saying another thing, and what they may not.

Words of newswire Chinese only; names, places, figures and directions are in no list, so that a
change of one is never taken for style.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_GROUPS = """
表示 指出 称 说 认为 介绍 透露 强调 提到 告诉 坦言 回应 回应称 介绍说 表示称 说道 谈到 提及 直言
宣布 公布 发布 公告 公告称 披露 发布公告 公告显示 宣布称 公布称 推出 发出 公示 印发 发文 刊发
数据显示 发布数据 公布数据 数据 监测 监测数据显示 统计 统计显示 显示 发布的运行情况显示
预计 预期 料 预料 预计将 估计 预估 有望 或 或将 可能 料将 将 拟 计划 打算 准备 将要 拟将 将会 或会
截至 截止 截止到 截至到 至
达 达到 至 到 为 约为 系 是 报 即
约 大约 约为 近 将近 接近 超 超过 逾 突破
今日 今天 当日 当天 日内 本日
昨日 昨天 昨 前一日
明日 明天 次日
近日 日前 近期 最近 近来 日近
目前 当前 现 现在 眼下 如今 现阶段
增长 增加 上升 提升 提高 上涨 上调 上行 增 升 涨 走高 攀升 加强 强化 走强 上扬
下降 减少 下滑 降低 回落 下跌 下调 下行 降 跌 走低 减 缩减 走弱 下挫
较 比 相比 与 较之 相较 较上 比上 较前 比前
公司 该公司 本公司 其 企业 该企业 上述公司
由于 因 因为 鉴于 受 因而 缘于 出于
但 不过 但是 然而 然 可是 却 而
以及 和 与 及 并 且 并且 同 跟 暨 还有
同时 与此同时 另外 此外 另 除此之外 并 还
其中 当中 这其中
进行 开展 实施 展开 施行 推行
关注 留意 注意 关切
引发 引起 招致 导致 造成 致使 使 使得 令
应当 应 应该 须 需 需要 必须 要
已 已经 业已 也已
仍 仍然 依然 依旧 还 尚 仍旧 还是
强劲 旺盛 强烈 强势
继续 持续 接着 不断 进一步
获得 取得 获 得到 赢得 获取
位于 处于 在 地处 居 位居
开始 启动 开启 着手 动工 开工 开建 开始建设
实现 达成 完成 做到
包括 包含 涵盖 含 覆盖 包括有
对于 对 关于 针对 就 有关
收到 接到 接获 收悉
若 如果 如 假如 倘若 要是 一旦
全部 所有 全体 一切 全
相关 有关 此 该 上述 这 这一 此次 本次 这次 该项 此项 这项 前述
较为 比较 相对 较
能够 可以 能 可 可能 得以
主要 主要是 主要系 主要因 主要由于 主要为
美元 美金
首席执行官 ceo 行政总裁
首席财务官 cfo
首席技术官 cto
首席运营官 coo
电动汽车 电动车
芯片 半导体
均价 平均价格 平均价
关闭 封闭 封停
出现 迎来 遭遇 现 发生 产生
自 从 于 由 自从
路况 路况信息
共计 合计 总计 共 累计 总共 共有
标准 准则
人民银行 中国人民银行 央行 中央银行
证监会 中国证监会
银保监会 中国银保监会
国家卫健委 卫健委
全国 我国 国内 中国
被 遭 获 受 遭到 受到
前往 赴 去 到
举行 召开 举办 召集 开
参加 出席 参与
会见 会晤 会面
签署 签订 签 订立
购买 购入 买入 购 购置
出售 卖出 售出 出让 售
成立 设立 组建 创立 创建 建立
聘任 聘请 任命 委任
担任 出任 任 就任
辞去 辞任 卸任
申请 提出申请
通过 经由 经 凭借 以 用 使用 利用 透过
负责 主管 分管
涉及 牵涉 事涉 关系到
原因 缘由 原由
影响 冲击 作用
情况 情形 状况 形势 局面 态势
问题 难题 课题
工作 任务
方面 领域 层面
加大 加强 加快 加速 增强
促进 推动 推进 助推 带动 促使
支持 扶持 支撑 助力
加入 并入
优化 完善 改善 改进 健全
保持 维持 保有
重要 关键 重大
明显 显著 大幅 明显地 显著地
迅速 快速 急速 飞速
逐步 逐渐 渐渐 渐次
普遍 多数 大多 大多数 普遍地 均 都 皆
首次 首度 第一次 首
再次 再度 又 再
左右 上下
超出 高于 高过 大于
低于 不足 小于
价格 售价 报价 价钱 价
销售额 销售金额
营业收入 营收
归母净利润 归属于上市公司股东的净利润 归属于母公司股东的净利润
净利 净利润 纯利
同比 较上年同期 比上年同期 较去年同期 与上年同期相比
环比 较上月 较上季
全年 全年度 年度
个股 股票
股价 股票价格
尾盘 收盘前
早盘 早间 上午
午后 下午 午盘后
媒体 传媒
官方微博 官微 官方微信
网站 官网 官方网站
消息 讯息 信息 音讯
人士 人员 人
专家 学者
市民 民众 公众 群众
消费者 用户 客户
行业 产业 业界 业内
项目 工程
车站 站点
新线路 新线
沿线 全线
运营初期 初期
月底 月末
年底 年末
突破 破 首破 首次突破 冲破
成功 顺利
圆满成功 圆满 成功
每股 每股股份
平均 均
拒绝 婉拒
置评 评论 对此置评
要求 责令 需要 请
提醒 提示 提醒公众 告诫
避免 防止 避开 免于
尽量 尽可能 力争
快讯 消息
此前 之前 早前 先前 稍早 前
此后 之后 随后 其后 后 以后 而后
期间 时期 期 时 之际 时间
每天 每日 日均
上半年 今年上半年
前三季度 今年前三季度
""".split("\n")  # noqa: SIM905 (a table to read)

_FREE = frozenset(
    "的地得了着过也都还就才只仅均约已将在于对向从自由因为与和及或但而且则之其该此这那些个位名等"
    "所被把让使给与并以为是有系称说据即至到起止前后中内时期年月日今昨明次回又再更最较比很非常共计"
    "一名项家款种只份本新全总各每方面性化们者地上下当本届度又"
)
"""Signs that carry no name and no direction by themselves."""
_WORDING = _FREE | frozenset(
    "表示指出宣布公告发布披露预计期望可能应当曾正会议要拟料报道消息获悉了解显现开始启动推进行实施执展"
    "结束完成取收接受交付支变调整改立定签订设建备准研究讨论决定认识知觉看见听问答讲述谈及提请求需"
    "关注引起导致包括含涉相互同样此外另但不过然虽如果若即便只要除非由来自往续持继断步逐渐快速迅显著明显"
    "重要主关键大幅度进一普遍多数全部所有整体完善优化保维护获得取实现达成做作用利通经凭借"
    "情况形势态原因影响作方案措施办法规则细具体内容信息资料数据统计监测公众人士员记者部门单机构"
    "透露强调介绍坦言直回应补充解释说明确澄认为估测料想望希"
    "举办召集参与加出席签署聘任命担就负责管理安排组织协助力促推动助带领"
)
"""Signs of words that are style more often than matter."""

_OPPOSITES = (
    "涨跌 升降 增减 高低 买卖 入出 进退 多空 强弱 盈亏 快慢 早晚 上下 内外 松紧 扩收 "
    "正负 加减 扩缩 支反 赞反 同异 首末 胜败 赢输 准否 存取 借还 供需 攻守 起落 好坏 "
    "优劣 左右 东西 南北 男女 新旧 宽严 冷热 开关 前后 大小 长短"
)
OPPOSITES: Mapping[str, str] = dict(
    each for pair in _OPPOSITES.split(" ") for each in ((pair[0], pair[1]), (pair[1], pair[0]))
)
_NEGATION = re.compile("[不未无非否没拒撤驳禁]|终止|取消|停止|暂停|中止|辟谣|反对|放弃|失败")
NUMERALS = frozenset("零一二三四五六七八九十百千万亿两半双单几0123456789")
"""Signs that count; a change among them is a change of a figure."""
NAME_ENDS = (
    "银行", "证券", "股份", "集团", "科技", "保险", "基金", "电力", "资本", "控股", "电子", "医药",
    "能源", "材料", "实业", "地产", "信托", "期货", "重工", "通信", "软件", "传媒", "汽车", "航空",
    "省", "市", "县", "区", "州", "局", "院", "所", "部",
)  # fmt: skip
"""How names end: what stands before one of these is part of a name."""


def _index(groups: Iterable[str]) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    for number, group in enumerate(groups):
        for word in group.split():
            found.setdefault(word, set()).add(number)
    return {word: frozenset(numbers) for word, numbers in found.items()}


_GROUPS_OF = _index(_GROUPS)
LONGEST_WORD = max(map(len, _GROUPS_OF))


def are_synonyms(one: str, other: str) -> bool:
    """Whether both are ways to say the same."""
    return not _GROUPS_OF.get(one, frozenset()).isdisjoint(_GROUPS_OF.get(other, frozenset()))


def is_free(signs: str) -> bool:
    """Whether the signs say nothing by themselves."""
    return all(sign in _FREE for sign in signs) and not has_numeral(signs)


def is_wording(signs: str) -> bool:
    """Whether the signs are style rather than names or matter."""
    return all(sign in _WORDING for sign in signs) and not has_numeral(signs)


def has_numeral(signs: str) -> bool:
    """Whether a figure is among them."""
    return any(sign in NUMERALS for sign in signs)


def are_opposite(one: str, other: str) -> bool:
    """Whether one says up where the other says down."""
    return any(OPPOSITES.get(sign, "") in other for sign in one if sign in OPPOSITES)


def negates(signs: str) -> bool:
    """Whether they take something back."""
    return _NEGATION.search(signs) is not None

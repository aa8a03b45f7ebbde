"""The slugs of outlets that are met most, so that a first run need not load the pinyin tables.

A test compares each line with what `newscrawler.slugs` makes of the name.
"""

from __future__ import annotations

from collections.abc import Mapping

KNOWN: Mapping[str, str] = dict(
    line.split(" ")
    for line in """\
上海证券报 shanghaizhengquanbao
证券时报 zhengquanshibao
中国证券报 zhongguozhengquanbao
证券日报 zhengquanribao
证券市场周刊 zhengquanshichangzhoukan
证券时报网 zhengquanshibaowang
上海证券报·中国证券网 shanghaizhengquanbaozhongguozhengquanwang
中国证券网 zhongguozhengquanwang
中证网 zhongzhengwang
中证金牛座 zhongzhengjinniuzuo
财联社 cailianshe
第一财经 diyicaijing
第一财经日报 diyicaijingribao
21财经 21caijing
21世纪经济报道 21shijijingjibaodao
每日经济新闻 meirijingjixinwen
经济观察报 jingjiguanchabao
经济观察网 jingjiguanchawang
经济参考报 jingjicankaobao
经济日报 jingjiribao
中国经济网 zhongguojingjiwang
中国经营报 zhongguojingyingbao
华夏时报 huaxiashibao
时代周报 shidaizhoubao
时代财经 shidaicaijing
新华社 xinhuashe
新华网 xinhuawang
新华财经 xinhuacaijing
人民日报 renminribao
人民网 renminwang
央视新闻 yangshixinwen
央视新闻客户端 yangshixinwenkehuduan
央视财经 yangshicaijing
央视网 yangshiwang
央广网 yangguangwang
中国新闻网 zhongguoxinwenwang
中新网 zhongxinwang
中新经纬 zhongxinjingwei
中国基金报 zhongguojijinbao
中国银行保险报 zhongguoyinhangbaoxianbao
金融时报 jinrongshibao
国际金融报 guojijinrongbao
券商中国 quanshangzhongguo
期货日报 qihuoribao
界面新闻 jiemianxinwen
澎湃新闻 pengpaixinwen
新京报 xinjingbao
北京商报 beijingshangbao
北京日报 beijingribao
北京青年报 beijingqingnianbao
南方都市报 nanfangdushibao
南方财经网 nanfangcaijingwang
红星新闻 hongxingxinwen
红星资本局 hongxingzibenju
羊城晚报 yangchengwanbao
广州日报 guangzhouribao
解放日报 jiefangribao
新民晚报 xinminwanbao
文汇报 wenhuibao
湖南日报 hunanribao
浙江日报 zhejiangribao
科技日报 kejiribao
科创板日报 kechuangbanribao
环球时报 huanqiushibao
环球网 huanqiuwang
东方财富网 dongfangcaifuwang
东方财富研究中心 dongfangcaifuyanjiuzhongxin
东方财富Choice数据 dongfangcaifuchoiceshuju
同花顺 tonghuashun
同花顺财经 tonghuashuncaijing
和讯网 hexunwang
金融界 jinrongjie
中国网 zhongguowang
中国网财经 zhongguowangcaijing
财经网 caijingwang
财新网 caixinwang
蓝鲸财经 lanjingcaijing
格隆汇 gelonghui
智通财经 zhitongcaijing
智通财经网 zhitongcaijingwang
华尔街见闻 huaerjiejianwen
36氪 36ke
钛媒体 taimeiti
雷锋网 leifengwang
投中网 touzhongwang
财经杂志 caijingzazhi
财经 caijing
英为财情 yingweicaiqing
金十数据 jinshishuju
乐居财经 lejucaijing
观点网 guandianwang
读创 duchuang
深圳商报 shenzhenshangbao
证券之星 zhengquanzhixing
Wind wind
大众证券报 dazhongzhengquanbao
投资快报 touzikuaibao
金融投资报 jinrongtouzibao
华夏能源网 huaxianengyuanwang
中国能源报 zhongguonengyuanbao
中国邮政快递报 zhongguoyouzhengkuaidibao
中国汽车报 zhongguoqichebao
中国电子报 zhongguodianzibao
上观新闻 shangguanxinwen
上游新闻 shangyouxinwen
封面新闻 fengmianxinwen
极目新闻 jimuxinwen
潇湘晨报 xiaoxiangchenbao
每经网 meijingwang
港股那点事 ganggunadianshi
巨丰财经 jufengcaijing
国家统计局 guojiatongjiju
中国人民银行 zhongguorenminyinhang
证监会 zhengjianhui
商务部 shangwubu
发改委 fagaiwei
工信部 gongxinbu
财政部 caizhengbu
国家能源局 guojianengyuanju
上交所 shangjiaosuo
深交所 shenjiaosuo
北交所 beijiaosuo
""".splitlines()
)  # fmt: skip

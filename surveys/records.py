"""The whole domain on one page: every record type, declared once.

From here come the table, the column mapping, the checks and their messages, the API schema, the
popup, the legend, the filters, and docs/records.md. Code lists are in :mod:`surveys.lists`.
"""

# One field a line, as a table: the formatter would stretch this page over three.
# fmt: off

from __future__ import annotations

from dataclasses import replace

from surveys import lists, records_city
from surveys.codes import Code, Codes
from surveys.fields import Flag, Integer, Number, Text
from surveys.privacy import Privacy
from surveys.record import SHAPE, Derived, PlaceRule, RecordType, field, record_type
from surveys.shared import (
    BAHT,
    BUILDING,
    IDENTITY,
    LAND,
    LINK,
    METRES,
    MONEY,
    PERSON,
    PERSONAL,
    PUBLIC,
    STANDING,
    SURVEY,
    TENURE,
    WISHES,
    baht,
    community_ref,
    free_note,
    future_day,
    future_year,
    house_number,
    house_sequence,
    linked_to,
    plot_number,
)
from surveys.thai import SQUARE_METRES, AreaCode, Day, HouseNumber, LandArea, PersonId, Sequence, Year
from surveys.words import words


@record_type(
    "city_network", words("เครือข่ายเมือง", "City network"), unit=words("เครือข่าย", "networks"),
    keys=(("code",),), title=("name",),
    made_in=words("หน้าแรกของระบบ", "on the first page of the system"),
)
class CityNetwork:
    """The communities of one city or district that work together."""

    code = field(Text(limit=40), "รหัสเครือข่าย", "network code", group=IDENTITY, privacy=PUBLIC)
    name = field(Text(limit=200), "ชื่อเครือข่าย", "network name", group=IDENTITY, brief=True, privacy=PUBLIC)
    name_en = field(Text(limit=200), "ชื่ออังกฤษ", "English name", group=IDENTITY, privacy=PUBLIC)
    made_up = field(Flag(), "ข้อมูลสมมติ", "made-up data", group=IDENTITY, privacy=PUBLIC)
    attribution = field(Text(), "ที่มาและสัญญาอนุญาตของแผนที่", "attribution of the map's data", group=SURVEY,
        privacy=PUBLIC)
    west = field(Number(low=-180, high=180), "ขอบตะวันตก", "west edge", group=LAND, privacy=PUBLIC)
    south = field(Number(low=-90, high=90), "ขอบใต้", "south edge", group=LAND, privacy=PUBLIC)
    east = field(Number(low=-180, high=180), "ขอบตะวันออก", "east edge", group=LAND, privacy=PUBLIC)
    north = field(Number(low=-90, high=90), "ขอบเหนือ", "north edge", group=LAND, privacy=PUBLIC)


@record_type(
    "admin_area", words("พื้นที่ปกครอง", "Administrative area"), unit=words("พื้นที่", "areas"),
    keys=(("code",),), geometry="any", title=("name", "name_en"), colour_by=("level",),
    aliases=("พื้นที่ปกครอง", "khet", "amphoe", "tambon", "khwaeng", "province", "เขต", "อำเภอ", "ตำบล", "แขวง", "district"),
    derived=(
        Derived("level", ("code",), lambda f: f["code"].str.len() // 2),
        Derived("parent", ("code",), lambda f: f["code"].str[:-2].where(f["code"].str.len() > 2)),
    ),
)
class AdminArea:
    """An area of the administration: province, amphoe or khet, tambon or khwaeng."""

    code = field(AreaCode(), "รหัสพื้นที่", "area code", "ADM3_PCODE", "ADM2_PCODE", "ADM1_PCODE", "รหัสตำบล",
        "รหัสแขวง", "รหัสเขต", "รหัสอำเภอ", "รหัสจังหวัด", "area_code", "pcode", "id", group=IDENTITY, brief=True,
        privacy=PUBLIC)
    name = field(Text(limit=200), "ชื่อพื้นที่", "area name", "ADM3_TH", "ADM2_TH", "ADM1_TH", "name_th", "ชื่อตำบล",
        "ชื่อแขวง", "ชื่อเขต", "ชื่ออำเภอ", "ชื่อจังหวัด", group=IDENTITY, brief=True, privacy=PUBLIC)
    name_en = field(Text(limit=200), "ชื่ออังกฤษ", "English name", "ADM3_EN", "ADM2_EN", "ADM1_EN", group=IDENTITY,
        brief=True, privacy=PUBLIC)
    level = field(Code(choices=lists.AREA_LEVELS), "ระดับ", "level", group=IDENTITY, brief=True, privacy=PUBLIC)
    parent = field(AreaCode(), "อยู่ในพื้นที่", "within", group=IDENTITY, privacy=PUBLIC)
    zip_code = field(Text(limit=10), "รหัสไปรษณีย์", "postal code", "zip", "postcode", group=IDENTITY, privacy=PUBLIC)


@record_type(
    "community", words("ชุมชน", "Community"), unit=words("ชุมชน", "communities"),
    keys=(("code",), ("name",)), geometry="any", title=("name", "everyday_name", "code"),
    colour_by=("survey_state", "eviction_state", "boundary_standing", "type"),
    aliases=("ชุมชน", "slum", "settlement", "cluster"),
    checks=(future_year("year_settled"), future_day("boundary_date")),
)
class Community:
    """A community, known or surveyed; the boundary may be missing, a point, or in dispute."""

    code = field(Text(limit=80), "รหัสชุมชน", "community code", "community_code", "comm_id", "polyno", "slum_id",
        group=IDENTITY)
    name = field(Text(limit=200), "ชื่อชุมชน", "community name", "ชุมชน", "ชื่อทางการ", "official_name",
        "settlement_name", "slum_name", "name", "name_th", group=IDENTITY, brief=True)
    everyday_name = field(Text(limit=200), "ชื่อที่เรียกกัน", "everyday name", "ชื่อเรียก", "ชื่อเล่น", "local_name",
        group=IDENTITY)
    other_names = field(Text(), "ชื่ออื่นที่เขียน", "other spellings", "ชื่ออื่น", "other_names", "aliases", group=IDENTITY,
        help=words("คั่นแต่ละชื่อด้วย ;", "one after another, a ; between them"))
    area_code = field(AreaCode(), "รหัสเขต/ตำบล", "area code", "รหัสพื้นที่", "ADM3_PCODE", "ADM2_PCODE",
        group=IDENTITY)
    type = field(Code(choices=lists.COMMUNITY_TYPES), "ประเภทชุมชน", "type of community", "ประเภท", group=STANDING,
        brief=True)
    set_up = field(Code(choices=lists.SET_UP), "การจัดตั้ง", "set up", "สถานะการจัดตั้ง", group=STANDING)
    year_settled = field(Year(), "ปีที่เริ่มตั้งชุมชน", "year settled", "ปีที่ตั้ง", "ปีก่อตั้ง", "year_established",
        group=IDENTITY, brief=True)
    survey_state = field(Code(choices=lists.SURVEY_STATES), "สถานะการสำรวจ", "survey state", group=STANDING,
        brief=True)
    eviction_state = field(Code(choices=lists.EVICTION_STATES), "สถานะไล่รื้อ", "eviction state", "การไล่รื้อ",
        "ไล่รื้อ", "ไล่ที่", group=STANDING, brief=True)
    eviction_deadline = field(Day(), "กำหนดไล่รื้อ", "eviction deadline", "วันครบกำหนด", "กำหนดรื้อย้าย",
        group=STANDING, brief=True)
    boundary_method = field(Code(choices=lists.BOUNDARY_METHODS), "วิธีทำขอบเขต", "boundary method", group=LAND)
    boundary_standing = field(Code(choices=lists.BOUNDARY_STANDINGS), "สถานะขอบเขต", "boundary standing", group=LAND,
        brief=True)
    boundary_date = field(Day(), "วันที่ทำขอบเขต", "boundary date", group=LAND)
    households_known = field(Integer(low=0, high=100_000), "จำนวนครัวเรือนที่แจ้ง", "households reported",
        "จำนวนครัวเรือน", "ครัวเรือนทั้งหมด", "households", group=SURVEY, brief=True,
        unit=words("ครัวเรือน", "households"))
    source = field(Text(limit=300), "แหล่งข้อมูล", "source", "ที่มา", "ที่มาข้อมูล", group=SURVEY,
        of_visit=True)
    source_date = field(Day(), "ข้อมูล ณ วันที่", "source date", "วันที่ข้อมูล", group=SURVEY, of_visit=True)
    note = free_note()


@record_type(
    "house", words("บ้าน", "House"), unit=words("หลัง", "houses"),
    keys=(("community", "house_seq"), ("community", "house_no"), (SHAPE,)), geometry="place",
    title=("house_no", "house_seq"), colour_by=("land_kind", "condition", "material", "kind"),
    aliases=("บ้าน", "หลังคาเรือน", "building", "buildings", "structure"),
    place=(PlaceRule("land_plot", (LINK,)), PlaceRule("land_plot", ("community", "plot_no"))),
    checks=(future_day("survey_date"),),
)
class House:
    """A house on the community plan; it may hold several households, or none."""

    community = community_ref()
    house_seq = house_sequence()
    house_no = replace(house_number(), kind=HouseNumber())
    plot_no = plot_number()
    owner_presence = field(Code(choices=lists.OWNER_PRESENCE), "เจ้าของบ้านอยู่หรือไม่", "owner present or absent",
        "เจ้าของบ้าน", "เจ้าของอยู่", group=BUILDING, brief=True)
    rooms_let = field(Integer(low=0, high=500), "ห้องให้เช่า", "rooms let", "จำนวนห้องเช่า", group=BUILDING,
        unit=words("ห้อง", "rooms"))
    registration = field(Code(choices=lists.REGISTRATIONS), "ทะเบียนบ้าน", "house registration", "ประเภททะเบียนบ้าน",
        group=STANDING)
    kind = field(Code(choices=lists.HOUSE_KINDS), "ลักษณะบ้าน", "kind of house", "ประเภทบ้าน", "ชนิดบ้าน",
        "building_type", group=BUILDING)
    material = field(Code(choices=lists.MATERIALS), "วัสดุตัวบ้าน", "material", "วัสดุ", "โครงสร้าง",
        "housing_material", group=BUILDING, brief=True)
    condition = field(Code(choices=lists.CONDITIONS), "สภาพบ้าน", "condition", "สภาพ", group=BUILDING, brief=True)
    storeys = field(Integer(low=1, high=60), "จำนวนชั้น", "storeys", "ชั้น", "floors", group=BUILDING,
        unit=words("ชั้น", "storeys"))
    water = field(Code(choices=lists.UTILITIES), "น้ำประปา", "water", "ประปา", group=BUILDING)
    power = field(Code(choices=lists.UTILITIES), "ไฟฟ้า", "power", "ไฟ", "electricity", group=BUILDING)
    land_kind = field(Code(choices=lists.LAND_KINDS), "ประเภทที่ดินที่บ้านตั้งอยู่", "land the house stands on",
        "ประเภทที่ดิน", "เจ้าของที่ดิน", group=LAND, brief=True)
    survey_date = field(Day(), "วันที่สำรวจ", "survey date", "วันสำรวจ", "date_of_survey", group=SURVEY,
        of_visit=True)
    linked_to = linked_to()
    note = free_note()


@record_type(
    "household", words("ครัวเรือน", "Household"), unit=words("ครัวเรือน", "households"),
    keys=(
        ("community", "house_seq", "household_no"),
        ("community", "house_no", "household_no"),
        ("community", "plot_no", "household_no"),
    ),
    last_resort="plot_no", ordinal="household_no", rivals=("head_id", "head_name"), geometry="point",
    title=("house_no", "house_seq", "plot_no", "household_no"), colour_by=("joining", "visit_result", "land_tenure"),
    aliases=("ครัวเรือน", "household", "hh", "family"), public=False,
    place=(
        PlaceRule("house", (LINK,)),
        PlaceRule("land_plot", (LINK,)),
        PlaceRule("house", ("community", "house_seq")),
        PlaceRule("house", ("community", "house_no")),
        PlaceRule("land_plot", ("community", "plot_no")),
    ),
    checks=(future_year("moved_in"), future_day("visit_date")),
)
class Household:
    """A household: people who live and eat together in a house; one of perhaps several there."""

    community = community_ref()
    house_seq = house_sequence()
    household_no = field(Sequence(), "ครัวเรือนที่", "household number in the house", "ครอบครัวที่", "ลำดับครัวเรือน",
        "เลขครัวเรือน", "household_no", "hh_no", "hhno", group=IDENTITY)
    house_no = replace(house_number(), kind=HouseNumber())
    plot_no = plot_number()
    head_name = field(Text(limit=200), "ชื่อหัวหน้าครัวเรือน", "head of household", "หัวหน้าครัวเรือน", "ชื่อ-สกุล",
        "ชื่อ-นามสกุล", "ชื่อสกุล", "ชื่อ นามสกุล", "ชื่อเจ้าของบ้าน", "HH_Head", "name_of_hh", "head",
        group=IDENTITY, privacy=PERSONAL)
    head_id = field(PersonId(), "เลขประจำตัวหัวหน้าครัวเรือน", "national id of the head", "เลขบัตรประชาชน",
        "เลขประจำตัวประชาชน", "เลขบัตร", "national_id", "citizen_id", group=IDENTITY, privacy=Privacy.SECRET)
    people = field(Integer(low=0, high=200), "จำนวนสมาชิก", "people", "จำนวนคน", "สมาชิก (คน)", "สมาชิกในครัวเรือน",
        "num_hh_member", "hh_size", "members", group=IDENTITY, brief=True, unit=words("คน", "people"))
    house_tenure = field(Code(choices=lists.HOUSE_TENURES), "สถานะการอยู่ในบ้าน", "house tenure", "การครอบครองบ้าน",
        "สถานะบ้าน", "ความเป็นเจ้าของบ้าน", group=TENURE, brief=True)
    land_tenure = field(Code(choices=lists.LAND_TENURES), "สถานะการอยู่บนที่ดิน", "land tenure", "การครอบครองที่ดิน",
        "สถานะที่ดิน", "tenure_status", "tenure_type", group=TENURE, brief=True)
    lease_years = field(Number(low=0, high=99), "อายุสัญญาเช่า", "lease term", "สัญญา (ปี)", "ระยะเวลาเช่า",
        group=TENURE, unit=words("ปี", "years"))
    causes = field(Codes(choices=lists.CAUSES), "สาเหตุความเดือดร้อน", "causes of hardship", "ความเดือดร้อน",
        "ปัญหาความเดือดร้อน", "สาเหตุ", group=TENURE)
    extended = field(Code(choices=lists.EXTENDED), "ครอบครัวขยาย", "extended family", group=TENURE)
    moved_in = field(Year(), "ปีที่ย้ายเข้า", "year moved in", "เข้าอยู่ปี", "ปีที่เข้าอยู่", "อยู่ตั้งแต่ปี",
        group=TENURE)
    income = baht("รายได้ครัวเรือน", "household income", "รายได้", "รายได้ต่อเดือน", "income")
    spending = baht("รายจ่ายครัวเรือน", "household spending", "รายจ่าย", "รายจ่ายต่อเดือน", "tot_expenses", "expenses")
    debt_formal = baht("หนี้ในระบบ", "formal debt", unit=BAHT)
    debt_informal = baht("หนี้นอกระบบ", "informal debt", unit=BAHT)
    savings = baht("เงินออม", "savings", "เงินออมรวม", "ออมทรัพย์", unit=BAHT)
    can_pay = baht("ผ่อนหรือเช่าได้ต่อเดือน", "can pay a month", "กำลังผ่อน", "ผ่อนได้เดือนละ", "ความสามารถในการผ่อน")
    state_help = field(Text(limit=500), "เคยได้รับความช่วยเหลือจากรัฐ", "earlier state help", group=MONEY,
        privacy=PERSONAL)
    visit_result = field(Code(choices=lists.VISIT_RESULTS), "ผลการเยี่ยม", "visit result", "ผลสำรวจ", "ผลการสำรวจ",
        "will_to_response_r", group=SURVEY, brief=True)
    visit_date = field(Day(), "วันที่สำรวจ", "survey date", "วันสำรวจ", "วันที่เก็บข้อมูล", "date_assessment",
        "date_of_survey", group=SURVEY, of_visit=True)
    joining = field(Code(choices=lists.JOINING), "การเข้าร่วม", "joining", "การเข้าร่วมโครงการ", "เข้าร่วมโครงการ",
        group=WISHES, brief=True)
    wants = field(Codes(choices=lists.WANTS), "ความต้องการ", "wants", "ความต้องการที่อยู่อาศัย", "ต้องการ",
        group=WISHES)
    other_needs = field(Text(limit=1000), "ความต้องการอื่น", "other needs", group=WISHES, privacy=PERSONAL)
    linked_to = linked_to()
    note = free_note()


@record_type(
    "member", words("สมาชิก", "Member"), unit=words("คน", "people"),
    keys=(
        ("community", "house_seq", "household_no", "member_no"),
        ("community", "house_no", "household_no", "member_no"),
        ("community", "plot_no", "household_no", "member_no"),
    ),
    last_resort="plot_no", ordinal="member_no", rivals=("person_id", "name", "surname"),
    title=("member_no",), public=False, aliases=("สมาชิก", "member", "members", "person", "roster"),
    checks=(future_year("birth_year"), future_day("birth_date")),
)
class Member:
    """A person of a household."""

    community = community_ref()
    house_seq = house_sequence()
    household_no = field(Sequence(), "ครัวเรือนที่", "household number in the house", "ครอบครัวที่", "ลำดับครัวเรือน",
        "household_no", "hh_no", group=IDENTITY, brief=True)
    house_no = replace(house_number(), kind=HouseNumber())
    plot_no = plot_number()
    member_no = field(Sequence(), "สมาชิกลำดับที่", "member number", "คนที่", "ลำดับสมาชิก", "member_no",
        group=IDENTITY, brief=True)
    title = field(Text(limit=40), "คำนำหน้า", "title", "คำนำหน้าชื่อ", group=PERSON, privacy=PERSONAL)
    name = field(Text(limit=120), "ชื่อ", "name", "ชื่อสมาชิก", "first_name", group=PERSON, privacy=PERSONAL)
    surname = field(Text(limit=120), "นามสกุล", "surname", "สกุล", "last_name", group=PERSON, privacy=PERSONAL)
    former_name = field(Text(limit=200), "ชื่อเดิม", "former name", group=PERSON, privacy=PERSONAL)
    nickname = field(Text(limit=80), "ชื่อเล่น", "nickname", group=PERSON, privacy=PERSONAL)
    person_id = field(PersonId(), "เลขประจำตัวประชาชน", "national id", "เลขบัตรประชาชน", "เลขบัตร", "national_id",
        "citizen_id", group=PERSON, privacy=Privacy.SECRET)
    birth_year = field(Year(), "ปีเกิด", "birth year", "ปี พ.ศ. เกิด", group=PERSON, privacy=PERSONAL)
    birth_date = field(Day(), "วันเกิด", "date of birth", "วันเดือนปีเกิด", "วัน/เดือน/ปีเกิด", group=PERSON,
        privacy=PERSONAL)
    sex = field(Code(choices=lists.SEXES), "เพศ", "sex", "gender", group=PERSON, privacy=PERSONAL)
    relation = field(Code(choices=lists.RELATIONS), "ความสัมพันธ์กับหัวหน้าครัวเรือน", "relation to the head",
        "ความสัมพันธ์", "เกี่ยวข้องเป็น", group=PERSON, privacy=PERSONAL)
    registered = field(Code(choices=lists.REGISTERED), "มีชื่อในทะเบียนบ้าน", "registered", "ทะเบียนบ้าน",
        group=STANDING, privacy=PERSONAL)
    lives_here = field(Code(choices=lists.LIVES_HERE), "การอยู่อาศัย", "lives here", group=STANDING, privacy=PERSONAL)
    occupation = field(Text(limit=200), "อาชีพ", "occupation", group=PERSON, privacy=PERSONAL)
    education = field(Text(limit=200), "การศึกษา", "education", "ระดับการศึกษา", group=PERSON, privacy=PERSONAL)
    health = field(Text(limit=500), "โรคประจำตัวหรือความพิการ", "illness or disability", "ความพิการ", "โรคประจำตัว",
        group=PERSON, privacy=Privacy.SENSITIVE)
    religion = field(Text(limit=80), "ศาสนา", "religion", group=PERSON, privacy=Privacy.SENSITIVE)
    worker = field(Flag(), "คนทำงานชุมชน", "community worker", "ช่างชุมชน", "แกนนำ", group=WISHES, privacy=PERSONAL)
    note = free_note()


@record_type(
    "land_plot", words("แปลงที่ดิน", "Land plot"), unit=words("แปลง", "plots"),
    keys=(("community", "plot_no"), ("deed_no",), ("plot_no",), (SHAPE,)), geometry="polygon",
    title=("plot_no", "deed_no"), colour_by=("land_kind", "paper"),
    aliases=("แปลง", "แปลงที่ดิน", "plot", "plots", "parcel", "parcels", "land"),
)
class LandPlot:
    """A plot of land, with who owns it, who keeps it, and the paper that says so."""

    community = community_ref()
    plot_no = plot_number("plot_id", "parcel_no", brief=True)
    deed_no = field(Text(limit=80), "เลขที่โฉนด", "deed number", "โฉนดเลขที่", "เลขโฉนด", "เลขที่เอกสารสิทธิ",
        group=LAND)
    map_sheet = field(Text(limit=80), "ระวาง", "map sheet", group=LAND)
    survey_page = field(Text(limit=80), "หน้าสำรวจ", "survey page", group=LAND)
    land_kind = field(Code(choices=lists.LAND_KINDS), "ประเภทที่ดิน", "land kind", "ชนิดที่ดิน", "land_owner",
        "ที่ดินของ", group=LAND, brief=True)
    owner = field(Text(limit=200), "เจ้าของที่ดิน", "owner of the land", "ผู้ถือกรรมสิทธิ์", "land_owner_name",
        group=LAND, privacy=PERSONAL)
    custodian = field(Text(limit=200), "หน่วยงานผู้ดูแล", "custodian", "ผู้ดูแล", "หน่วยงานดูแล", group=LAND)
    user = field(Text(limit=200), "ผู้ใช้ประโยชน์", "user of the land", group=LAND, privacy=PERSONAL)
    paper = field(Code(choices=lists.PAPERS), "เอกสารสิทธิ", "paper", "เอกสาร", "ประเภทเอกสารสิทธิ", "property_title",
        group=LAND, brief=True)
    declared_area = field(LandArea(), "เนื้อที่ตามเอกสาร", "declared area", "เนื้อที่", "เนื้อที่ (ไร่-งาน-วา)",
        "ไร่-งาน-วา", "area", group=LAND, brief=True, unit=SQUARE_METRES)
    lease_ends = field(Day(), "สัญญาเช่าสิ้นสุด", "lease ends", group=LAND)
    rent = baht("ค่าเช่าที่ดิน", "land rent", "ค่าเช่า")
    note = free_note()




@record_type(
    "road", words("ถนนและซอย", "Road"), unit=words("เส้น", "lines"), keys=(("code",), ("name", SHAPE), (SHAPE,)),
    geometry="line", title=("name", "name_en"), colour_by=("kind",),
    aliases=("ถนน", "ซอย", "ทางเดิน", "roads", "soi", "street", "lane"),
)
class Road:
    """A road, soi or footpath."""

    code = field(Text(limit=80), "รหัสถนน", "road code", group=IDENTITY, privacy=PUBLIC)
    name = field(Text(limit=200), "ชื่อถนน/ซอย", "road name", "ชื่อถนน", "ชื่อซอย", "ถนน", "ซอย", "road", "soi",
        "name_th", "name", group=IDENTITY, brief=True, privacy=PUBLIC)
    name_en = field(Text(limit=200), "ชื่ออังกฤษ", "English name", group=IDENTITY, brief=True, privacy=PUBLIC)
    kind = field(Code(choices=lists.ROAD_KINDS), "ประเภททาง", "kind of road", "ประเภทถนน", "highway", group=LAND,
        brief=True, privacy=PUBLIC)
    width = field(Number(low=0, high=200), "ความกว้าง", "width", "กว้าง", "ความกว้าง (ม.)", group=LAND, brief=True,
        privacy=PUBLIC, unit=METRES)
    surface = field(Code(choices=lists.SURFACES), "ผิวทาง", "surface", group=LAND, privacy=PUBLIC)


@record_type(
    "canal", words("คลองและทางน้ำ", "Canal"), unit=words("เส้น", "lines"), keys=(("code",), ("name", SHAPE), (SHAPE,)),
    geometry="course", title=("name", "name_en"), aliases=("คลอง", "ลำราง", "แม่น้ำ", "canals", "khlong", "waterway"),
)
class Canal:
    """A canal, river or drain, as a line or as its water surface."""

    code = field(Text(limit=80), "รหัสคลอง", "canal code", group=IDENTITY, privacy=PUBLIC)
    name = field(Text(limit=200), "ชื่อคลอง", "canal name", "คลอง", "ลำราง", "canal", "khlong", "name_th", "name",
        group=IDENTITY, brief=True, privacy=PUBLIC)
    name_en = field(Text(limit=200), "ชื่ออังกฤษ", "English name", group=IDENTITY, brief=True, privacy=PUBLIC)
    custodian = field(Text(limit=200), "หน่วยงานผู้ดูแล", "custodian", group=LAND, brief=True, privacy=PUBLIC)
    width = field(Number(low=0, high=2000), "ความกว้าง", "width", "กว้าง", group=LAND, brief=True, privacy=PUBLIC,
        unit=METRES)
    strip = field(Number(low=0, high=500), "แนวเขตริมคลอง", "canal strip", "แนวเขต", "ระยะร่น", group=LAND,
        brief=True, privacy=PUBLIC, unit=METRES)


@record_type(
    "facility", words("สถานที่สำคัญ", "Facility"), unit=words("แห่ง", "places"), keys=(("code",), ("name", SHAPE), (SHAPE,)),
    geometry="any", title=("name",), colour_by=("kind",),
    aliases=("สถานที่", "สถานที่สำคัญ", "facilities", "poi", "amenity"),
)
class Facility:
    """A place that serves people: school, clinic, market, temple, community hall."""

    code = field(Text(limit=80), "รหัสสถานที่", "facility code", group=IDENTITY, privacy=PUBLIC)
    name = field(Text(limit=200), "ชื่อสถานที่", "facility name", "สถานที่", "place", "name_th", "name", "title",
        group=IDENTITY, brief=True, privacy=PUBLIC)
    kind = field(Code(choices=lists.FACILITY_KINDS), "ประเภทสถานที่", "kind of facility", "amenity", "ประเภท",
        "facility_type", group=IDENTITY, brief=True, privacy=PUBLIC)
    description = field(Text(), "รายละเอียด", "description", "desc", group=IDENTITY, privacy=PUBLIC)


@record_type(
    "zoning_area", words("ผังเมือง", "Zoning area"), unit=words("พื้นที่", "areas"),
    keys=(("code",), ("zone", SHAPE)), geometry="polygon", title=("zone", "name"), colour_by=("zone",),
    aliases=("ผังเมือง", "ผังสี", "zoning", "zone"),
)
class ZoningArea:
    """An area of the town plan."""

    code = field(Text(limit=80), "รหัสบริเวณ", "zoning code", "บริเวณหมายเลข", "zone_code", group=IDENTITY,
        brief=True, privacy=PUBLIC)
    name = field(Text(limit=200), "ชื่อบริเวณ", "name", group=IDENTITY, brief=True, privacy=PUBLIC)
    zone = field(Code(choices=lists.ZONES), "ประเภทผังเมือง", "town-plan zone", "ผังสี", "สีผังเมือง",
        "การใช้ประโยชน์ที่ดิน", "landuse", group=LAND, brief=True, privacy=PUBLIC)
    plan = field(Text(limit=200), "ชื่อผังเมือง", "town plan", "ผังเมืองรวม", group=LAND, privacy=PUBLIC)
    in_force = field(Day(), "มีผลใช้บังคับ", "in force since", group=LAND, privacy=PUBLIC)


def _all() -> dict[str, RecordType]:
    """Gather what files bring, declared here, and what people make in meetings."""
    declared = (*globals().values(), *vars(records_city).values())
    return {one.name: one for one in declared if isinstance(one, RecordType)}


ALL: dict[str, RecordType] = _all()

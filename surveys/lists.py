"""The code lists of the field, Thai label first; each row is (code, Thai, English[, other spellings]).

A city adds its own choices as rows of ``custom_choice``; codes here are retired, never redefined.
"""

from surveys.codes import choices

AREA_LEVELS = choices(
    ("1", "จังหวัด", "province"),
    ("2", "เขต/อำเภอ", "khet or amphoe", ("เขต", "อำเภอ", "district")),
    ("3", "แขวง/ตำบล", "khwaeng or tambon", ("แขวง", "ตำบล", "subdistrict")),
)
COMMUNITY_TYPES = choices(
    ("crowded", "แออัด", "crowded", ("ชุมชนแออัด", "slum")),
    ("urban", "เมือง", "urban", ("ชุมชนเมือง",)),
    ("suburban", "ชานเมือง", "suburban", ("ชุมชนชานเมือง",)),
    ("high_rise", "อาคารสูง", "high-rise", ("ชุมชนอาคารสูง",)),
    ("special", "รูปแบบพิเศษ", "special form"),
    ("housing_authority", "เคหะชุมชน", "housing authority estate"),
    ("estate", "หมู่บ้านจัดสรร", "housing estate"),
    ("scattered", "กลุ่มกระจัดกระจาย", "scattered group", ("กระจัดกระจาย",)),
)
SET_UP = choices(
    ("set_up", "จัดตั้งแล้ว", "set up"),
    ("asking", "กำลังขอ", "asking to be", ("กำลังขอจัดตั้ง",)),
    ("not_set_up", "ไม่ได้จัดตั้ง", "not set up", ("ยังไม่จัดตั้ง",)),
)
SURVEY_STATES = choices(
    ("known", "รู้จักแต่ยังไม่สำรวจ", "known, not surveyed", ("ยังไม่สำรวจ",)),
    ("surveying", "กำลังสำรวจ", "being surveyed"),
    ("to_return", "รอคืนข้อมูล", "waiting to be returned", ("สำรวจแล้ว",)),
    ("confirmed", "ชุมชนรับรองแล้ว", "confirmed by the community", ("คืนข้อมูลแล้ว", "รับรองแล้ว")),
    ("outdated", "ข้อมูลเก่า", "outdated"),
)
EVICTION_STATES = choices(
    ("none", "ไม่มี", "none"),
    ("rumour", "มีข่าว", "rumoured"),
    ("notice", "ได้หนังสือ", "notice served", ("ได้รับหนังสือ",)),
    ("sued", "ถูกฟ้อง", "sued"),
    ("judgment", "มีคำพิพากษา", "judgment given"),
    ("enforcement", "บังคับคดี", "under enforcement"),
    ("partly_demolished", "รื้อบางส่วน", "partly demolished"),
    ("demolished", "รื้อแล้ว", "demolished"),
)
BOUNDARY_METHODS = choices(
    ("walked", "เดินแนวเขตร่วมกัน", "walked together"),
    ("gps", "GPS", "GPS"),
    ("imagery", "วาดจากภาพถ่าย", "drawn from imagery"),
    ("sketch", "ร่างมือ", "hand sketch"),
    ("survey", "รังวัด", "cadastral survey"),
    ("agency", "จากหน่วยงาน", "from an agency"),
)
BOUNDARY_STANDINGS = choices(
    ("draft", "ร่าง", "draft"),
    ("community", "ชุมชนรับรอง", "confirmed by the community"),
    ("landowner", "เจ้าของที่ดินรับรอง", "confirmed by the landowner"),
    ("disputed", "มีข้อโต้แย้ง", "disputed", ("พิพาท",)),
)
OWNER_PRESENCE = choices(
    ("present", "อยู่", "present", ("อยู่เอง",)),
    ("absent", "ไม่อยู่", "absent", ("ไม่ได้อยู่",)),
)
REGISTRATIONS = choices(
    ("tr14", "ท.ร.14", "Tor Ror 14", ("ทร14", "ทร.14")),
    ("tr13", "ท.ร.13", "Tor Ror 13", ("ทร13", "ทร.13")),
    ("temporary", "ชั่วคราว", "temporary", ("ทะเบียนบ้านชั่วคราว",)),
    ("central", "บ้านกลาง", "central register", ("ทะเบียนบ้านกลาง",)),
    ("shared", "ใช้เลขร่วม", "shares a number"),
    ("none", "ไม่มี", "none", ("ไม่มีทะเบียนบ้าน",)),
)
HOUSE_KINDS = choices(
    ("detached", "บ้านเดี่ยว", "detached house", ("house",)),
    ("row", "ห้องแถว/ตึกแถว", "row house", ("ห้องแถว", "ตึกแถว")),
    ("town", "ทาวน์เฮ้าส์/บ้านแฝด", "town house or twin house", ("ทาวน์เฮ้าส์", "บ้านแฝด")),
    ("flat", "ห้องชุด/แฟลต", "flat", ("ห้องชุด", "แฟลต", "apartments")),
    ("room", "ห้องภายในบ้าน", "room in a house"),
    ("temporary", "ชั่วคราว", "temporary", ("เพิง",)),
)
MATERIALS = choices(
    ("masonry", "ตึก", "masonry", ("ปูน", "คอนกรีต")),
    ("wood", "ไม้", "wood"),
    ("mixed", "ครึ่งตึกครึ่งไม้", "half masonry, half wood"),
    ("impermanent", "ไม่ถาวร", "impermanent"),
    ("reused", "วัสดุใช้แล้ว", "reused material"),
)
CONDITIONS = choices(
    ("lasting", "คงทนถาวร", "lasting", ("ดี", "มั่นคง")),
    ("dilapidated", "ชำรุด", "dilapidated", ("ทรุดโทรม",)),
)
UTILITIES = choices(
    ("own_meter", "มิเตอร์ตนเอง", "own meter", ("มิเตอร์ของตนเอง",)),
    ("shared", "พ่วง", "through a neighbour", ("ต่อพ่วง",)),
    ("none", "ไม่มี", "none"),
)
HOUSE_TENURES = choices(
    ("owner", "เจ้าของ", "owner", ("เป็นเจ้าของ", "owned")),
    ("hire_purchase", "เช่าซื้อ", "hire purchase"),
    ("rents_house", "เช่าบ้าน", "rents the house", ("เช่า",)),
    ("rents_room", "เช่าห้อง", "rents a room"),
    ("lodger", "ผู้อาศัย", "lodger", ("อาศัย", "อยู่อาศัยด้วย")),
    ("wages", "ส่วนหนึ่งของค่าจ้าง", "part of wages"),
)
LAND_TENURES = choices(
    ("owner", "เจ้าของ", "owner", ("เป็นเจ้าของ",)),
    ("hire_purchase", "เช่าซื้อ", "hire purchase"),
    ("lease", "เช่ามีสัญญา", "lease with a contract", ("เช่า (มีสัญญา)",)),
    ("lease_oral", "เช่าไม่มีสัญญา", "lease without a contract", ("เช่า (ไม่มีสัญญา)", "เช่า")),
    ("sublease", "เช่าช่วง", "sublease"),
    ("consent", "เจ้าของให้อยู่", "with the owner's consent"),
    ("squat_state", "บุกรุกที่รัฐ", "without consent on public land", ("บุกรุกที่ดินรัฐ",)),
    ("squat_private", "บุกรุกที่เอกชน", "without consent on private land", ("บุกรุกที่ดินเอกชน",)),
)
CAUSES = choices(
    ("eviction", "ไล่รื้อ", "eviction", ("ไล่ที่",)),
    ("canal", "แนวคลอง", "canal bank", ("ริมคลอง",)),
    ("railway", "เขตทางรถไฟ", "railway land", ("ริมทางรถไฟ",)),
    ("fire", "ไฟไหม้", "fire"),
    ("flood", "น้ำท่วม", "flood"),
    ("crowded", "แออัด", "crowding"),
    ("lease_ending", "สัญญาใกล้หมด", "lease ending"),
)
EXTENDED = choices(
    ("related", "สัมพันธ์กัน", "related"),
    ("independent", "อิสระต่อกัน", "independent of each other"),
)
VISIT_RESULTS = choices(
    ("complete", "ครบ", "complete", ("ครบถ้วน", "สมบูรณ์")),
    ("partial", "บางส่วน", "partial", ("ไม่ครบ",)),
    ("not_found", "ไม่พบ", "not found", ("ไม่พบตัว", "ไม่อยู่บ้าน")),
    ("refused", "ปฏิเสธ", "refused"),
    ("empty", "บ้านว่าง", "house empty"),
    ("moved_out", "ย้ายออก", "moved out"),
    ("moved_in", "เพิ่งย้ายเข้า", "just moved in"),
    ("double", "ซ้ำ", "double"),
)
JOINING = choices(
    ("not_asked", "ยังไม่คุย", "not asked yet"),
    ("interested", "สนใจ", "interested"),
    ("not_interested", "ไม่สนใจ", "not interested"),
    ("undecided", "ยังไม่ตัดสินใจ", "undecided"),
    ("joined", "เข้าร่วม", "joined", ("เข้าร่วมโครงการ",)),
    ("withdrawn", "ถอนตัว", "withdrawn"),
    ("opposed", "คัดค้าน", "opposed", ("ไม่เข้าร่วม",)),
)
WANTS = choices(
    ("stay", "อยู่ที่เดิม", "stay in place"),
    ("shift", "ขยับในชุมชน", "shift within the community"),
    ("move", "ย้ายที่ใหม่", "move to new land"),
    ("rent", "เช่า", "rent"),
)
SEXES = choices(("male", "ชาย", "male", ("ช", "m")), ("female", "หญิง", "female", ("ญ", "f")))
RELATIONS = choices(
    ("head", "หัวหน้าครัวเรือน", "head", ("หัวหน้า",)),
    ("house_owner", "เจ้าของบ้าน", "owner of the house"),
    ("husband", "สามี", "husband"),
    ("wife", "ภรรยา", "wife"),
    ("partner", "คู่ชีวิต", "life partner"),
    ("father", "บิดา", "father", ("พ่อ",)),
    ("mother", "มารดา", "mother", ("แม่",)),
    ("child", "บุตร", "child", ("ลูก",)),
    ("grandchild", "หลาน", "grandchild"),
    ("in_law", "เขย/สะใภ้", "son- or daughter-in-law", ("เขย", "สะใภ้")),
    ("relative", "ญาติ", "relative"),
    ("lodger", "ผู้อาศัย", "lodger"),
)
REGISTERED = choices(
    ("here", "หลังนี้", "in this house"),
    ("in_community", "อื่นในชุมชน", "elsewhere in the community"),
    ("outside", "นอกชุมชน", "outside the community"),
    ("central", "กลาง", "central register"),
    ("none", "ไม่มี", "none"),
)
LIVES_HERE = choices(
    ("always", "ประจำ", "always"),
    ("sometimes", "ไปๆมาๆ", "comes and goes"),
    ("works_away", "ไปทำงานที่อื่น", "works elsewhere"),
)
LAND_KINDS = choices(
    ("treasury", "ราชพัสดุ", "Treasury land", ("ที่ราชพัสดุ", "กรมธนารักษ์", "ธนารักษ์")),
    ("railway", "รฟท.", "State Railway land", ("การรถไฟ", "การรถไฟแห่งประเทศไทย", "ที่รถไฟ")),
    ("crown", "ทรัพย์สินพระมหากษัตริย์", "Crown Property", ("ทรัพย์สินฯ",)),
    ("port", "การท่าเรือฯ", "Port Authority land", ("การท่าเรือ", "กทท.")),
    ("housing_authority", "การเคหะฯ", "National Housing Authority land", ("การเคหะ", "กคช.")),
    ("public", "ที่สาธารณประโยชน์", "public-use land", ("ที่สาธารณะ",)),
    ("waterway", "แนวคลอง/แม่น้ำ", "canal or river bank", ("แนวคลอง", "ริมคลอง")),
    ("highway", "เขตทางหลวง", "highway reserve"),
    ("mangrove", "ป่าชายเลน", "mangrove"),
    ("land_reform", "ส.ป.ก.", "land reform", ("สปก",)),
    ("local", "อปท.", "local authority land", ("เทศบาล", "กทม.")),
    ("temple", "วัด", "temple land", ("ที่วัด",)),
    ("mosque", "มัสยิด", "mosque land"),
    ("private", "เอกชน", "private land", ("ที่เอกชน",)),
    ("bought", "ซื้อใหม่", "newly bought"),
)
PAPERS = choices(
    ("chanote", "โฉนด", "title deed (chanote)", ("น.ส.4จ", "นส4จ", "โฉนดที่ดิน")),
    ("ns3k", "น.ส.3ก", "Nor Sor 3 Kor"),
    ("ns3", "น.ส.3", "Nor Sor 3"),
    ("ns2", "น.ส.2", "Nor Sor 2"),
    ("nsl", "นสล.", "public land certificate", ("น.ส.ล.",)),
    ("sk1", "ส.ค.1", "Sor Kor 1"),
    ("spk401", "ส.ป.ก.4-01", "Sor Por Kor 4-01"),
    ("pbt5", "ภ.บ.ท.5", "land-tax receipt (Por Bor Tor 5)", ("ภ.บ.ท.6", "ภบท5")),
    ("lease", "สัญญาเช่า", "lease contract"),
    ("consent", "หนังสือยินยอม", "letter of consent"),
    ("none", "ไม่มี", "none"),
)
ROAD_KINDS = choices(
    ("road", "ถนน", "road", ("primary", "secondary", "tertiary", "trunk")),
    ("soi", "ซอย", "soi (lane)", ("residential", "service", "unclassified", "living_street")),
    ("footpath", "ทางเดิน", "footpath", ("footway", "path", "pedestrian", "ทางเท้า")),
    ("railway", "ทางรถไฟ", "railway"),
)
SURFACES = choices(
    ("concrete", "คอนกรีต", "concrete"),
    ("asphalt", "ลาดยาง", "asphalt"),
    ("laterite", "ลูกรัง", "laterite"),
    ("earth", "ดิน", "earth"),
    ("boards", "ทางไม้", "boardwalk", ("สะพานไม้",)),
)
FACILITY_KINDS = choices(
    ("school", "โรงเรียน", "school"),
    ("nursery", "ศูนย์เด็กเล็ก", "nursery", ("ศูนย์พัฒนาเด็กเล็ก", "kindergarten")),
    ("clinic", "ศูนย์บริการสาธารณสุข", "clinic", ("สถานีอนามัย", "อนามัย", "รพ.สต.")),
    ("hospital", "โรงพยาบาล", "hospital"),
    ("market", "ตลาด", "market", ("marketplace",)),
    ("temple", "วัด", "temple", ("place_of_worship",)),
    ("mosque", "มัสยิด", "mosque"),
    ("hall", "ศาลาชุมชน", "community hall", ("ที่ทำการชุมชน", "ศูนย์ชุมชน", "community_centre")),
    ("police", "สถานีตำรวจ", "police station"),
    ("fire_point", "จุดดับเพลิง", "fire point", ("ถังดับเพลิง", "fire_station")),
    ("transit", "ป้ายรถ/สถานี", "bus stop or station", ("bus_stop", "station")),
    ("water_point", "จุดน้ำ", "water point"),
)
ZONES = choices(
    ("low_density", "ที่อยู่อาศัยหนาแน่นน้อย (เหลือง)", "low-density housing (yellow)", ("เหลือง", "สีเหลือง")),
    ("medium_density", "ที่อยู่อาศัยหนาแน่นปานกลาง (ส้ม)", "medium-density housing (orange)", ("ส้ม", "สีส้ม")),
    ("high_density", "ที่อยู่อาศัยหนาแน่นมาก (น้ำตาล)", "high-density housing (brown)", ("น้ำตาล", "สีน้ำตาล")),
    ("commercial", "พาณิชยกรรม (แดง)", "commercial (red)", ("แดง", "สีแดง", "พาณิชยกรรม")),
    ("industrial", "อุตสาหกรรม (ม่วง)", "industrial (purple)", ("ม่วง", "สีม่วง", "อุตสาหกรรม")),
    ("warehouse", "คลังสินค้า (เม็ดมะปราง)", "warehouses (plum)", ("คลังสินค้า",)),
    ("rural", "ชนบทและเกษตรกรรม (เขียว)", "rural and farming (green)", ("เขียว", "สีเขียว")),
    ("conservation", "อนุรักษ์ (เขียวลาย)", "conservation (hatched green)"),
    ("culture", "ศิลปวัฒนธรรมไทย (น้ำตาลอ่อน)", "Thai culture (light brown)"),
    ("government", "สถาบันราชการ (น้ำเงิน)", "government (blue)", ("น้ำเงิน", "สีน้ำเงิน")),
)
OPTIONS = choices(
    ("onsite", "ปรับปรุงในที่เดิม", "on-site upgrading", ("ปรับปรุงชุมชนให้มั่นคงในที่เดิม",)),
    ("reblocking", "ปรับผังแปลงที่ดินใหม่", "reblocking", ("ปรับผังใหม่",)),
    ("land_sharing", "แบ่งปันที่ดิน", "land sharing"),
    ("reconstruction", "รื้อสร้างใหม่ในที่ดินเดิม", "reconstruction"),
    ("relocation", "รื้อย้ายไปที่ดินใหม่", "relocation"),
)
PROPOSAL_STATES = choices(
    ("draft", "ร่าง", "draft"),
    ("submitted", "เสนอแล้ว รอพิจารณา", "submitted, waiting"),
    ("agreed", "เห็นชอบ", "agreed"),
    ("to_revise", "ให้ปรับแก้", "to be revised"),
    ("not_agreed", "ไม่เห็นชอบ", "not agreed"),
    ("withdrawn", "ถอนเรื่อง", "withdrawn"),
)
RETURN_STATES = choices(
    ("checking", "กำลังตรวจทาน", "being checked"),
    ("agreed", "ชุมชนรับรอง", "agreed by the community"),
    ("not_agreed", "ชุมชนไม่รับรอง", "not agreed by the community"),
)
DOUBLE_DECISIONS = choices(
    ("one", "ครัวเรือนเดียวกัน", "one household"),
    ("different", "คนละครัวเรือน", "two different households"),
    ("undecided", "ยังตัดสินไม่ได้", "undecided"),
)
LISTS_HOLD = choices(
    ("list_a", "ใช้บัญชี ก", "list A holds"),
    ("list_b", "ใช้บัญชี ข", "list B holds"),
    ("in_part", "ใช้ทั้งสองบัญชี แยกตามเรื่อง", "both hold, each for its part"),
    ("survey", "สำรวจใหม่", "to be surveyed anew"),
    ("undecided", "ยังตัดสินไม่ได้", "undecided"),
)

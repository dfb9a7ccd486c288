//! The phrases themselves, in the notation of [`Pattern`].

use std::sync::LazyLock;

use super::Certainty::{self, Always, AsSaid};
use super::Topic::{
    self, DisorderedEating, Distress, Illness, Injury, LifeEvent, QuitIntent, SelfHarm,
};
use super::pattern::Pattern;

/// Complaints that make a concern of any body part beside them.
pub(super) static PAINS: LazyLock<Vec<Pattern>> = LazyLock::new(|| parse(PAIN_TEXTS));
/// Complaints that make a concern of a joint or of one side, but not of trained muscles.
pub(super) static ACHES: LazyLock<Vec<Pattern>> = LazyLock::new(|| parse(ACHE_TEXTS));
/// Complaints that make a concern of a joint only.
pub(super) static SORENESS: LazyLock<Vec<Pattern>> = LazyLock::new(|| parse(SORENESS_TEXTS));

fn parse(texts: &'static [&'static str]) -> Vec<Pattern> {
    texts.iter().map(|text| Pattern::parse(text)).collect()
}

const PAIN_TEXTS: &[&str] = &[
    "pain|pains|painful|agony|excruciating|throbbing|stabbing|stinging|sting|stings",
    "swollen|swelling|swelled|inflamed|inflammation|bruised|spasm|spasms|spasming|spasmed",
    "numb|numbness|tingling|tingles|tingly",
    "pop|popped|popping|click|clicks|clicking|clicked|crunching|grinding",
    "sprain|sprained|strain|strained|tear|tore|torn|pulled|tweak|tweaked|tweaking",
    "injury|injuries|injured|fracture|fractured|broken|dislocated|hyperextended|herniated",
    "broke|twisted|jammed|stubbed|smashed|banged|buckled|buckles|buckling",
    "pinch|pinched|pinching|trapped|impinged|impingement|slipped|ruptured",
    "a ?sharp|slight|little|weird|hard pull|tug",
    "niggle|niggles|niggling|twinge|twinges|discomfort|tendonitis|tendinitis|tendinopathy|bursitis",
    "bothering|bothers|bothered|nagging|aggravated|irritated|unstable|unhappy",
    "acting|acts|acted|playing|plays|played up",
    "flaring|flared|flares|flare ?up",
    "gave|gives|giving|went|goes|threw|thrown|blew|blown|put !on|up ... out",
    "seized|seizing|locked|locking|tightened|tensed up",
    "rolled|twisted it",
    "messed|jacked|screwed|fucked|banged up",
    "feels|felt|feel ?really|so|a|kind ?bit|of|little off|weird|wrong|dodgy|funny",
    "doesnt|isnt|wasnt|didnt|not ?feel|feeling|quite right",
    "wrong",
    "still|hasnt|isnt|not|no ?not ?fully|quite|completely|any|much healed|recovered|better",
    "surgery|mri|xray|physio|ibuprofen|painkillers|cortisone|brace|cast|crutches",
];

const ACHE_TEXTS: &[&str] = &[
    "hurt|hurts|hurting|hurted|ache|aches|aching|ached|achy",
    "killing|kills|killed me",
    "burning|burns !out",
    "cramp|cramps|cramped|cramping",
    "issue|issues|trouble|problem|problems",
    "isnt|not|wasnt ?feeling|too great|good|happy|having|loving",
];

const SORENESS_TEXTS: &[&str] = &["sore|soreness|tender|stiff"];

/// Words that explain an ache in trained muscles.
pub(super) const LIFTING: &str = "\
    bench benching cardio curls deadlift deadlifts dips doms flies flys lunges press presses pump \
    pushups rowing session sets sore soreness squat squats superset training workout yesterday \
    yesterdays";

/// Figures of speech, and other uses of the words below.
pub(super) const IDIOMS: &[&str] = &[
    "sick of !the|flu",
    "sick and tired",
    "sick pr|prs|pump|pumps|workout|workouts|session|sessions|beat|beats|lift|lifts|gains|set|sets|progress|playlist|song|track|view|weather|deal|gym|burn|feeling|numbers|run|ride",
    "that|this|it|workout|session|pump|pumps|pr|lift|set|gym|playlist|song|music|view was|is|looks|looked|felt|feels|were ?so|absolutely|pretty sick",
    "pain au",
    "pain aux",
    "pain in the ass|arse|butt|neck|backside|behind|rear",
    "pain in my ass|arse|butt",
    "no pain no gain",
    "such|what|bit|kind|be a pain",
    "<!there is|was|are|its|thats a ?real|huge|total pain !in",
    "a ?real|huge|total pain to",
    "love|loving|loved|enjoy|enjoyed|embrace|embraced|embracing|worth the pain",
    "pain cave|face|train|points|point|barrier",
    "pain is|of ?just|only weakness|temporary|discipline|regret",
    "growing pains",
    "for my|our pains",
    "painful to watch|see|admit|say|read|miss|skip|track|log|look",
    "hurt|hurts|hurting my|his|her|their|the feelings|pride|ego|wallet|chances|progress|numbers|streak|budget|brain|soul",
    "hurts|hurt to miss|lose|say|admit|see|skip|write|think|look|watch|leave|throw|waste|fail",
    "wont|wouldnt|doesnt|couldnt|cant|didnt|not hurt to",
    "hurts|hurt so good",
    "truth hurts",
    "hurt|hurts like hell ?but in a good",
    "injured pride|ego",
    "suicide sprints|sprint|runs|run|drill|drills|squad",
    "suicides",
    "cold shower|showers|brew|plunge|bath|turkey|one|start|front|beer|morning|mornings|day|days|drink|room|winter|night|snap|tub|weather|water|walk|run|coffee|pizza|cuts|feet|hands|meal|food|oats|chicken|leftovers|cereal|milk",
    "cabin|spring|hay|dance fever",
    "fever pitch|dream",
    "gave|gives|giving me|us chills",
    "flu|covid shot|shots|jab|jabs|vaccine|vaccination|booster|season",
    "ill be|try|do|make|get|have|log|go|hit|take|add|see|keep|start|eat|train|just|update|message|send|catch|also|probably|need|never|not|still|send|work|report|run|lift|finish|sleep|push|stick|aim|fix|bring|let|check|weigh|prep|cook|skip|call|give|come|use|move|double|want|stop|wait",
    "threw|throwing|throw up ?over|about #|some|big|numbers|weight|plates",
    "threw up a|my pr|pb|record|post|video|story",
    "almost|nearly ... threw|throw|puke|puked|vomited|vomit|died|dead|killed",
    "passed out on|at|in|early|by|before|right|after|watching|as|cold !the|gym|squats|deadlifts|bench|set|training",
    "passed out after work|dinner|that|the",
    "passed out on the couch|sofa|bed|floor",
    "binge watch*|watched|watching|read|reading|worthy",
    "binge|binged|bingeing|binging ?on ?a|the|all|whole|some netflix|show|shows|series|season|seasons|episodes|podcasts|podcast|movies|anime|youtube|tv|books|of",
    "purge|purged|purging ?the|my|our|old|all closet|wardrobe|pantry|fridge|kitchen|inbox|house|room|files|junk|snacks|cupboard|cupboards|clothes|desk|garage",
    "starving|starved for|of time|attention|sleep",
    "is|was|be|been|are|such|its|thats a|another|one ?real|huge|big headache|migraine|nightmare",
    "headache of",
    "what|such a headache",
    "puke inducing|worthy",
    "is|was|be ?giving|causing me headaches",
    "popped|pop in|over|by|into|out !my|the|left|right|both",
    "popped|pop a|some !sound|noise|in",
    "pop tart|tarts|music|corn|quiz",
    "on the other hand",
    "second|first|free hand",
    "tore|tear|tearing it|through|into",
    "tore|torn|ripped up ?my|the ?palms|hands|calluses from|on|by",
    "tore|torn|ripped a|my|the callus|calluses|shirt|pants|leggings|palm|palms",
    "in tears",
    "hit|hits ?my chest|back|leg|arm|shoulder day",
    "broke|broken|smashed ?my|a|the|all|our ?old|squat|bench|deadlift|press|personal|step|previous|own record|records|pr|prs|pb|plateau|streak|fast|goal|target|best|sweat",
    "broke my|the|a bank|car|phone|bike|scale|rack|shoe|shoes|laptop|diet|rule",
    "broken sleep|record|scale|car|bike|phone|oven|heart|machine|elevator|boiler|rack",
    "went|goes|going|put|gave|blew ... out to|for|with|last|tonight|drinking|of",
    "put|puts|putting|giving|gave|give my|the back into",
    "bug in|fix",
    "flu season",
    "quit|quitting|giving|gave|give ?up smoking|drinking|sugar|coffee|alcohol|nicotine|vaping|weed|soda|caffeine|chocolate|snacking|my|bread|beer",
    "cant|dont|never|wont|not ?going|gonna ?to quit|quitting|give|giving",
    "killed|kill|killing|crushed it|that|the|this|my|those|these workout|session|set|sets|squats|bench|deadlifts|cardio|it",
    "cutting|strain|strained for|at|on time|work",
    "infected with",
    "back and forth",
    "stomach for",
    "gut feeling",
    "head start|coach|first|down|out|on|over|back|home",
    "issues|issue|problem|problems|trouble sleeping|with|at ?the|my work|sleep|app|sleeping|scale|login|phone|kitchen|car",
    "sprained|strained|tweaked|pulled|irritated|bothered|aggravated ?my|the|a diet|plan|recipe|macros|sled|schedule|program|form|technique|grip|all",
    "pulled # ?kg|kilos|lbs|for",
    "pulled my|the weight|shift|sled|car",
    "pulled an all|double|extra|off|out|together|through",
    "click|clicked|clicks|clicking in|on|the|with|finally|together",
    "cast iron",
    "sting of",
    "slipped up|into|off|from|back|on ?the|my|a diet|plan|track|meal|cheat",
    "rolled|rolling my|the quads|calves|back|shoulders|glutes|legs|hamstrings|lats|it",
    "want|wanted|wants|going|gonna|like|like|was|almost|nearly to die during|on|after|doing|from|in ?the|those|that|my|these|all squats|squat|intervals|interval|set|sets|workout|session|bike|rower|treadmill|legs|leg|burpees|run|sprints|hill|hills|cardio|lunges|circuit",
    "hit|hitting my head down",
    "limp lettuce",
    "no longer in the mood",
];

/// What speaks of a concern by itself.
pub(super) const PHRASES: &[(Topic, Certainty, &[&str])] = &[
    (
        SelfHarm,
        Always,
        &[
            "kill|killing|hang|drown|shoot myself",
            "harm|harming|burn|burning|cutting myself",
            "cut|cuts myself !shaving|cooking|chopping|on|with|slicing|while|off|some|a|opening|peeling|short",
            "want|wanted|wanna|thinking|thought|thoughts|think|urge|going|gonna|might|could|feel ... hurt|hurting|harm myself",
            "self harm*|injur*",
            "selfharm*",
            "suicid* !sprint|sprints|run|runs|drill|drills|squad|squads",
            "<!sprint|did|do|doing|ran|run|of|#|more|some|hate|the suicide|suicides !sprints|sprint|runs|run|drill|drills|squad|at|on|in|after",
            "kms|unalive",
            "end|ending|take|taking my|own ?own life",
            "end|ending it all|now",
            "just|to|want|wanna|gonna end it !there|here|early|with|on|after|at",
            "end things ?for good",
            "better off without me",
            "better off dead",
            "dont|not|didnt|cant|no|do ?not ?even ... want|wanna|wish|care|feel|like ?to|like|about live|living|exist|existing|alive",
            "dont|not|didnt|cant ?really|even want|wanna|wish ?to ?be|live|wake|exist here|alive|around|up anymore|tomorrow|again",
            "dont|not|didnt ... want|wanna ?to be here !at|on|in|for|today|so|but|this",
            "dont|not|didnt ... want|wanna ?to be alive",
            "dont|not|wont|wouldnt|didnt|never|not want|wanna|wake|have|wish ?to ... wake|waking up ?again|tomorrow|anymore|ever|at",
            "wish ... didnt|not|never|wouldnt|couldnt|wont|dont|dont ... wake|waking up",
            "wish|rather ... dead|die|gone !so|weight|tired",
            "wish ... wasnt|werent|not|never ... here|alive|born",
            "want|wanted|wanna ?to die",
            "want|wanted|wanna ?to ?just disappear|vanish ?forever|for|completely",
            "easier|better|rather ... be|were|am|was ?all|just dead",
            "no|not|any|without|see ... reason|point|will ?to|in|of ?go|going|keep|be|being ?on live|living|alive|exist*",
            "reason to live|exist|be",
            "whats the point of|in living|life|being|it",
            "tired of|with living|life|being ?alive|existing",
            "cant|cannot go on !with|at|without|to|a|the|my",
            "overdos*",
            "too many pills",
            "all my|the pills",
            "hope|hoping ... dont|not|never wake up",
            "life ?is|isnt|not|aint not|no|worth worth|longer ?living|it|worth",
            "jump* off|from|in ... bridge|roof|building|train",
            "razor blade*",
            "worth living",
            "die|dying in my sleep",
            "a burden to everyone|my|them|you",
            "nobody|noone|one would|will|d miss|notice|care ?me ?if",
            "want|wish ?it|everything ?all ?it to end|stop !the|my|a|with|eating",
            "done|finished|over with life",
            "giv*|gave up on|with life|living",
            "cut|cutting|slit|slitting|scratch|scratching|scratched|burned|burning my wrist|wrists|thighs|skin|forearm|forearms",
            "hurt|hurting|hit|hitting|punch*|punish* myself on purpose",
            "hit|hitting|punched|punching myself",
            "dont|not|no ... see ?a|any future|way out",
            "dont|not ?even care if|whether i live|die|wake",
            "wouldnt|not mind dying|if i died|didnt",
            "ready|deserve|should|able|plan|planning|decided to|be die|dead !in|on|after|during",
            "thoughts of|about death|dying|ending|harming|hurting|suicide|self",
            "urge|urges to cut|harm|hurt",
            "dark thoughts",
            "easier|better|happier if i was|were|am|wasnt|werent|died|left gone|dead|not|around|here|this",
            "goodbye|farewell note|letter",
        ],
    ),
    (
        DisorderedEating,
        Always,
        &[
            "made|make|making|makes|forced|forcing myself ... sick|throw|throwing|vomit|puke|vomited|puking ?up",
            "made|make|making myself !a|some|eat|food|lunch|dinner|breakfast|an ... up|sick|vomit",
            "purged|purging|purge !the|my|our|old|all|closet|fridge",
            "havent|hasnt|not|didnt|have ?had|not ?really eaten|eat|eating ?anything|food|much|a|proper ?thing|meal|at|all in|for|since ?the|over|about ?last|almost|two|three|four|a #|two|three|four|five|six|days|yesterday|monday|tuesday|wednesday|thursday|friday|saturday|sunday|week|couple|few|2|3",
            "no food|meals for|in|since #|two|three|four|five|days|yesterday|monday|tuesday|wednesday|thursday|friday|saturday|sunday|a",
            "#|two|three|four|five|six days|day without|no|of|with ?any|no|not food|eating",
            "laxative*",
            "diet pills|pill",
            "stick*|put* ... finger* down my throat",
            "fingers down my throat",
            "starv* myself",
            "chewing|chew|chewed and|then spit*|spat",
            "dont|didnt|not|never ... deserve ?to|any eat|food|dinner|lunch|breakfast|meals|meal|it",
            "stopped|refuse|refusing|refused|quit to|eating eat|eating|altogether|again|completely|for|since",
            "stopped eating !sugar|meat|bread|junk|dairy|out|late|after|sweets|chocolate|rice|snacks|at|before|carbs|gluten|fast|so|when",
            "refuse|refusing|refused to eat",
            "throw*|threw|puk*|vomit* ?it|my|the|up|food|dinner|lunch|meal ... up|everything ... on purpose",
            "throwing|threw|throw|puke|puking|vomit|vomiting up my food|meal|meals|dinner|lunch|breakfast",
            "ate|eaten|eat|eating nothing for|since|yesterday|in|all|again",
            "cant|couldnt|not|wont|dont let|make|allow|bring myself ?to eat",
            "not|wont|stopped eat|eating ?anything|much until|till|so",
            "not|wont|stopped|no eat|eating today|tomorrow|anymore|until|till|again|this|for",
        ],
    ),
    (
        DisorderedEating,
        AsSaid,
        &[
            "binge|binges|binged|binging|bingeing|bingeed !watch*|watched|watching|on|read|drink*",
            "binge|binged|binging|bingeing on !netflix|a|the|show|shows|series",
            "bulimi*|anorexi*|orthorexi*|anorexic",
            "eating disorder*",
            "disordered eating",
            "ed relapse|recovery|behaviors|behaviours|thoughts",
            "scared|afraid|terrified|fear|anxious ?to|of|about eat|eating|food|carbs|fat|dinner|breakfast|lunch|meals",
            "skip*|cut* ?my ... to|for make|making up|for",
            "punish* myself|my ... ?for|with",
            "exercise*|cardio|run|ran|walked|burn|burned|burning ... off|make|punish|up|compensate ... what|binge|pizza|food|dinner|ate|eating|cake|everything|lunch|calories",
            "skip* ... meals|meal|food|dinner|breakfast|lunch ... on|to|so|because|deliberately ... purpose|lose|punish|fat|lighter|faster|weight",
            "i|im|feel|feeling|felt|so feel|feeling|felt|so|too|disgustingly|hate fat !but|at|loss",
            "hate|hating|disgusted|ashamed|repulsed ?by|with|of my body|reflection",
            "feel|feeling|felt|im ?so|really|totally disgusting|gross|disgusted|revolting !after|from|sweaty|weather",
            "cant|couldnt|cannot stop eating",
            "ate|eating|eaten|eat ... until|till ... sick|hurt|pain|burst|numb|threw|vomited",
            "hide|hiding|hid|secretly ... food|eat|ate|eating|wrappers",
            "eat|eating|ate in secret",
            "only|just ?about had|ate|eat|eating|eaten|allow|allowed|allowing ... #low ... calories|cals|kcal !left|over|short|under|above|off",
            "on #low calories|cals|kcal ?a ?day",
            "living on|off ... coffee|gum|water|air|cigarettes",
            "obsess* ... calories|weight|scale|food",
            "weigh*|weighed myself # times",
            "weigh*|weighed myself ... ten|five|six|twenty|every|several times|hour",
            "guilt|guilty ... eating|eat|ate|food|meal",
            "hate|hating ?the ?way|how my body ?looks|looks",
            "hate ... i|body look|looks !at",
            "skip* ?all|every|most all|every meals|meal|food",
            "lost|losing|no control ... food|eating|binge|fridge|snacks|ate",
            "earn|earned|earning my food|meals|dinner|calories|carbs",
            "eating|food ?just makes|made me ?feel sick|anxious|guilty|disgusting|gross|fat|panic",
            "compensat* ... eating|food|ate|dinner|cheat|lunch",
            "lost my|no period",
            "restrict* ... food|eating|again|calories|hard|myself|intake",
            "fasted|fasting|fast for|# #|three|four|five|two ?more days",
        ],
    ),
    (
        Injury,
        AsSaid,
        &[
            "pain|agony",
            "painful when|while|during|on|every|at|under ?the|my|each|to !watch|see",
            "painful to walk|squat|press|bench|lift|stand|sit|bend|run|move|grip|sleep|touch|put",
            "it|that|this|really|still ?also|really|just hurt|hurts|hurting when|to|on|every|during|if|so|bad|badly|a|more|like|again|in|under|at",
            "hurt|hurts|hurting when|whenever|every|during|while !i !think",
            "got|im|am|been|getting|get|was|being hurt|hurting !by|feelings",
            "hurt|hurts|hurting|injured|injuring myself",
            "injur*",
            "sprain*|fractur*|dislocat*|herniat*|hernia|sciatica|tendonitis|tendinitis|tendinopathy|bursitis|impingement|concuss*|whiplash",
            "tennis|golfers|golfer elbow",
            "runners|jumpers knee",
            "shin splint*",
            "plantar fasc*",
            "rotator cuff !work|warm|drills|exercises|strong|stretches|felt|feels|warmup|rehab",
            "slipped|bulging|herniated disc|disk",
            "pinched|trapped nerve",
            "frozen shoulder",
            "carpal tunnel",
            "stress fracture",
            "torn|tore|pulled|strained|strain ?a|my|the|something|some ... muscle|ligament|tendon|something|meniscus|acl",
            "tweaked|pulled|tore|strained|popped|snapped|twinged something",
            "something ?in|went ... popped|snapped|tweaked|tore|gave|twinged",
            "felt|feel|heard a ?sharp|little|weird|loud|small|slight pop|snap|tear|twinge|crack|tweak|sting",
            "rolled|rolling|twisted|turned|sprained ?my|an|the ?left|right ankle|ankles|foot",
            "limping|limped|hobbling|on crutches",
            "hit|banged|bumped|knocked my head",
            "threw|throw|put my back out",
            "threw out my back",
            "back went|is|gave|goes out",
            "cant|cannot|couldnt bend|straighten over|down|up",
            "cant|cannot|couldnt|unable|hard ?to ... bend|lift|raise|straighten|move|rotate|turn|grip|weight|close ?on ?my|the ?left|right|upper|lower|much arm|arms|knee|leg|shoulder|neck|wrist|elbow|hand|back|ankle|foot|finger|hip",
            "broke|broken|fractured|cracked my|a|the ?left|right|big|little|two arm|leg|wrist|rib|ribs|toe|finger|foot|ankle|collarbone|hand|bone|nose",
        ],
    ),
    (
        Illness,
        AsSaid,
        &[
            "sick !pr|prs|pump|pumps",
            "ill !effects|advised|timed",
            "unwell|poorly",
            "flu|influenza|fever|feverish|covid|corona|rona|pneumonia|bronchitis|tonsillitis|strep|norovirus|mono|sinusitis|shingles|gastro|gastroenteritis",
            "vomit*|puke|puked|puking|nausea|nauseous|nauseated|queasy|diarrhea|diarrhoea|migraine|migraines",
            "throw|threw|throwing|thrown up !#|some|big|over",
            "headache|headaches",
            "a|bad|head|chest|heavy|nasty|my|the|this|terrible|caught|had|have|got|stinking|summer|common cold !and|so|but|!shower",
            "cold is|has|was gone|worse|going|better|back|over|getting|hitting|knocking",
            "cough|coughing|coughed|coughs|sneezing|congested|congestion",
            "runny|stuffy|blocked|running nose",
            "nose ?is|keeps running|blocked|stuffed|stuffy",
            "sore|scratchy|swollen|raw throat|glands|tonsils",
            "glands ?are swollen",
            "chills|shivering|shivers",
            "have|had|having|running|run|with|got|a|high temperature !of ?the ?oven",
            "temperature|temp ?is|of|at 37*|38*|39*|40*|101*|102*|103*",
            "stomach|tummy|nasty|caught|got|flu|winter|24h|hour ?a|some|the bug|virus",
            "virus|infection|infected|antibiotics|penicillin",
            "food poison*",
            "upset|bad|sick|dodgy stomach|tummy",
            "stomach|tummy|gut|guts ?is|was|are|feels ?really|all upset|off|cramps|cramping|ache|aches|turning|wrecked|ruined|messed",
            "stomachache|toothache|earache|heartburn",
            "dizzy|dizziness|lightheaded|vertigo",
            "light headed",
            "faint|fainted|fainting",
            "passed|pass|passing|blacked|blacking out",
            "cant|couldnt ?really breathe|keep ?breathe|food|anything ?down",
            "short|shortness of breath",
            "chest ?is|feels|was|felt ?really|so tight|tightness|pressure",
            "palpitations|arrhythmia",
            "heart ... racing|skipping|pounding|fluttering !after|from|race",
            "under the weather",
            "coming|came|come|going|went down with",
            "not|dont|didnt|never feeling|feel ?very|too|so well !rested",
            "feeling|feel|felt rough|ropey|awful|terrible|horrible ... fever|cold|flu|all|bed|stomach|sleep|since",
            "in|to|at ?the hospital|er|emergency|icu",
            "hospital|hospitalized|hospitalised",
            "surgery|operation",
            "allergic reaction",
            "heat stroke|exhaustion",
            "heatstroke|rhabdo|dehydrated",
            "blood in my",
            "stomach flu",
            "whooping|kidney|ear|sinus|chest|throat cough|infection|stones|stone",
            "food|anything|nothing|meals ... stay|stays|staying|keep|keeping down",
        ],
    ),
    (
        QuitIntent,
        AsSaid,
        &[
            "quit|quitting !my|a|at|early",
            "cancel|cancelling|canceling|pause|end|stop|leave|leaving|quit|drop my|the|this ?whole|coaching|gym subscription|membership|coaching|program|programme|plan|contract",
            "give|giving|gave up !#|on|smoking|drinking",
            "giving|give up on this|it|me|the|myself|everything",
            "not|isnt|aint worth it|this|the",
            "no ?longer worth it",
            "done with this|the|it|all|coaching|program",
            "want|wanna|thinking|going|gonna|ready ... to|of|about stop|stopping|drop|dropping|leave|leaving ?out !eating|at|early|work|by",
            "drop|dropping out",
            "want|wanna out !of ?bed|side",
            "refund",
            "isnt|not|doesnt working|work for me",
        ],
    ),
    (
        Distress,
        AsSaid,
        &[
            "no|zero|lost|losing|lack ?of|all|my|the ?my|the drive|motivation|will|hope",
            "not|zero|low|hardly motivated|motivation",
            "unmotivated|hopeless|helpless|worthless|miserable|depressed|depression|depressing|numb inside|despair|lonely",
            "cant|cannot|couldnt get|seem going|to|started|motivated|out ?get ?going|started|of ?bed",
            "not|dont|cant|no|whats|what ?even|really ?seeing|see|is|the ?is|the ?the point !to|of|in|at|where ?anymore|lately",
            "overwhelmed|overwhelming|panic|panicking|breakdown|crying|cried|sobbing",
            "in tears",
            "burned|burnt out",
            "burnout|anxious|anxiety",
            "so|too|really|very|super|extremely|insanely ?damn|fucking stressed",
            "stressed out",
            "cant|cannot|couldnt|struggling ... cope|think|handle|breathe",
            "falling|fell apart",
            "at ?my ?wits|breaking end|point",
            "hate my|this|everything|myself life",
            "hate myself",
            "mentally ?and|totally|just ... exhausted|drained|broken|done|struggling|wrecked|low",
            "really|very|so|feeling|feel|felt|pretty low|down|empty !on|energy|the|to|reps|carb|by|with|about|#|stomach|fat|carbs|bar|sugar|in|weight",
            "struggling ?a|so mentally|lot|lately|emotionally|hard|big|badly",
            "work|life|everything ?is|just|feels ?so|just|too brutal|too|falling|hell ?much",
            "dont|cant care|take|do ?this|it anymore",
            "head|mind is|isnt ?not|just in ... place|mess",
        ],
    ),
    (
        LifeEvent,
        AsSaid,
        &[
            "funeral|divorce|divorced|divorcing|breakup|separated|separation|burial|miscarriage|wedding",
            "broke|split|breaking|splitting up",
            "passed away",
            "mom|mum|dad|father|mother|grandma|grandpa|grandmother|grandfather|brother|sister|friend|dog|cat|uncle|aunt|wife|husband|son|daughter ?has|just|is died|dying|passed|cancer|hospital",
            "lost my job|dad|mom|mum|father|mother|brother|sister|friend|dog|cat|grandma|grandpa|grandmother|grandfather|baby",
            "laid off",
            "got|been|was|getting fired",
            "new|newborn baby",
            "newborn|pregnant",
            "moving|moved|move house|home|flat|apartment|out|in|cities|city|states",
            "on the road",
            "airport|flight|flights|jetlag|jetlagged|jet|traveling|travelling|hotel ?lag",
            "no|without ?a kitchen",
            "quarter|year end",
            "boss|deadline|deadlines|overtime|audit",
            "late|night|double|extra|back|long ?to|late shift|shifts",
            "family ?is ?all visiting|emergency|coming|over",
            "visiting family",
            "business|work trip|travel",
            "exam|exams|finals",
            "holiday|vacation",
        ],
    ),
];

/// What says that a complaint is over.
pub(super) const RECOVERIES: &[&str] = &[
    "gone !off|on|to|up|down|worse|out",
    "went|gone|goes away",
    "healed|resolved|recovered|disappeared|vanished|subsided|passed !out",
    "stopped !the|at|training|early|my|set|a|in|on|by|there|right|eating|halfway",
    "cleared ?up !my|the",
    "all clear",
    "is|are|was|finally over !the|a|my|#",
    "behind me",
    "no longer !in|feel|sure",
    "no more",
    "not anymore",
    "broke|down !my|a|the|to|stairs|with|and",
    "better now|again|today",
    "all|fully|completely|totally|much|way|lots|heaps better",
    "is|are|am|im|feels|feel|felt|feeling better !than|but|if",
    "fine|ok|okay|good|great|normal|perfect|solid|100|healthy|well|fit|strong now|again|today",
    "all ?good|fine|well|better|ok now|again|today",
    "now fine|ok|okay|good|great|normal|healthy",
    "feels|felt|is|was|seems|are ?all|completely|totally|perfectly|just|absolutely fine|ok|okay|good|great|normal|perfect|solid|100|healthy",
    "completely|totally|perfectly|fully fine|ok|normal|healthy",
    "back to normal|full|100",
    "healthy|normal again",
    "good as new",
    "thing of the past",
    "like new",
    "no|zero|without ?any|more trouble|issue|issues|problem|problems|pain|symptoms|fever ?whatsoever since|now|anymore|today|at",
    "no trouble|issues|problems|pain since",
    "doesnt|isnt ?bother|hurt|hurting|bothering ?me anymore",
];

/// What dates a phrase to a time long past.
pub(super) const PAST_TIMES: &[&str] = &[
    "years|year|months|decades|ages|winters|summers|seasons ago|back",
    "last year|month|summer|winter|spring|autumn|fall|season|january|february|march|april|may|june|july|august|september|october|november|december",
    "as a kid|child|teenager|teen|student",
    "in high|college|school|university",
    "when i was",
    "in|back ?in 19*|20*",
    "long ago",
    "in the past",
];

/// Words that deny what follows them, or only guard against it.
pub(super) const DENIALS: &str = "\
    aint arent avoid avoided avoiding cant case couldnt didnt doesnt dont free hadnt hasnt havent \
    if isnt minus negative neither never no nobody none nor not nothing prevent preventing stopped \
    wasnt werent without wont wouldnt zero";

/// Words a denial reaches over.
pub(super) const TRANSPARENT: &str = "\
    a actually actual all an any anymore at bad be been being big bit both currently did do even \
    ever experience experienced feel feeling feels felt for from further get gets getting got had \
    has have having hint in is issue issues it left longer lower major more much my new notice \
    noticed of on once one other problem problems real really report right risk serious severe \
    sharp sign signs single slightest some sort symptoms test tested the them this to trace \
    trouble upper wanna want was were with your";

/// Words that turn a denial into a matter of degree: "not as painful" is painful.
pub(super) const DEGREES: &str = "as so such that this too";

/// Words that make the recovery after them partial, awaited or denied.
pub(super) const NOT_YET: &str = "\
    almost aint arent before bit cant doesnt getting half hasnt havent hope hopefully hoping if \
    isnt little mostly nearly need needs never not once partly should slightly slowly somewhat \
    supposed thought till until waiting want wasnt when will wish wont";

/// What may stand between the start of a clause and the recovery it reports.
pub(super) const OF_THE_SAME: &str = "\
    again all also am and are been being but by completely everything feel feeling feels felt \
    finally fully had has have i im is it its ive just lot luckily much my now of off pretty seems \
    since so thankfully that thats the then there theres this to today totally was way were left \
    right lower upper a very really both well which with after got went";

/// Words that say a complaint is back after it was over.
pub(super) const RELAPSES: &[&str] = &[
    "came back",
    "is|its back",
    "back again",
    "returned",
    "returning",
    "flared",
    "flaring",
    "acting up",
    "worse",
    "hurts|hurting|hurt|started|starting|sick again",
];

/// What comes after an illness or injury that is over: "first session after the flu".
pub(super) const AFTERMATH: &str = "\
    again back better day fine good gym healthy recovered recovering return returning session time \
    training well workout";

/// Other people, who have troubles of their own.
pub(super) const OTHERS: &str = "\
    baby babys boss boyfriend brother buddy cat child children colleague colleagues coworker \
    coworkers dad daughter daughters dog everyone family father friend girlfriend grandma \
    grandmother grandpa he her his husband kid kids mate mom mother mum neighbor partner roommate \
    she sister son sons spouse team teammate their they toddler wife wifes";

/// The writer.
pub(super) const FIRST_PERSON: &str = "i i'll id im ive me mine my myself";

/// What denies the phrase it follows.
pub(super) const DENIED_AFTER: &[&str] = &[
    "free",
    "none",
    "zero|0|nil",
    "level|score ?is|of|at zero|0|none",
    "?test|tests ?was|is|came ?back negative",
    "?was|is|been ruled out",
];

/// What turns the denial before a phrase into a matter of degree.
pub(super) const DEGREE_AFTER: &[&str] =
    &["as|that|so|too|very much|bad|badly|often", "much", "badly", "a lot"];

// Every word of the page, in each of its languages.
export const languages = { en: 'English', de: 'Deutsch', hi: 'हिन्दी', ta: 'தமிழ்', te: 'తెలుగు', mr: 'मराठी' };
const order = ['en', 'de', 'hi', 'ta', 'te', 'mr'];
const table = {
  live: ['Live', 'Live', 'लाइव', 'நேரலை', 'లైవ్', 'लाइव्ह'],
  picture: ['Picture', 'Bild', 'चित्र', 'படம்', 'చిత్రం', 'चित्र'],
  compose: ['Compose', 'Komponieren', 'संगीत रचें', 'இசையமை', 'స్వరపరచు', 'संगीत रचा'],
  language: ['Language', 'Sprache', 'भाषा', 'மொழி', 'భాష', 'भाषा'],
  lead: ['Music that follows your face.', 'Musik, die deinem Gesicht folgt.', 'संगीत जो आपके चेहरे के साथ चलता है।', 'உங்கள் முகத்தைப் பின்தொடரும் இசை.', 'మీ ముఖాన్ని అనుసరించే సంగీతం.', 'तुमच्या चेहऱ्यामागे चालणारे संगीत.'],
  start: ['Start', 'Start', 'शुरू करें', 'தொடங்கு', 'ప్రారంభించు', 'सुरू करा'],
  without: ['Without a camera', 'Ohne Kamera', 'बिना कैमरे के', 'கேமரா இல்லாமல்', 'కెమెరా లేకుండా', 'कॅमेऱ्याशिवाय'],
  private: ['Pictures stay on this computer and are not stored.', 'Bilder bleiben auf diesem Computer und werden nicht gespeichert.', 'चित्र इसी कंप्यूटर पर रहते हैं और सहेजे नहीं जाते।', 'படங்கள் இந்தக் கணினியிலேயே இருக்கும்; சேமிக்கப்படாது.', 'చిత్రాలు ఈ కంప్యూటర్‌లోనే ఉంటాయి, భద్రపరచబడవు.', 'चित्रे याच संगणकावर राहतात आणि साठवली जात नाहीत.'],
  local: ['Everything runs on this computer.', 'Alles läuft auf diesem Computer.', 'सब कुछ इसी कंप्यूटर पर चलता है।', 'அனைத்தும் இந்தக் கணினியிலேயே இயங்குகிறது.', 'అన్నీ ఈ కంప్యూటర్‌లోనే నడుస్తాయి.', 'सर्व काही याच संगणकावर चालते.'],
  mood: ['Mood', 'Stimmung', 'मनोदशा', 'மனநிலை', 'మానసిక స్థితి', 'मनःस्थिती'],
  plane_label: ['Mood: click, or use the arrow keys, to set it by hand', 'Stimmung: klicken oder Pfeiltasten, um sie von Hand zu setzen', 'मनोदशा: हाथ से चुनने के लिए क्लिक करें या तीर कुंजियाँ दबाएँ', 'மனநிலை: கையால் அமைக்க சொடுக்கவும் அல்லது அம்பு விசைகளைப் பயன்படுத்தவும்', 'మానసిక స్థితి: చేతితో ఎంచుకోవడానికి క్లిక్ చేయండి లేదా బాణం కీలు వాడండి', 'मनःस्थिती: हाताने ठरवण्यासाठी क्लिक करा किंवा बाण कळा वापरा'],
  pleasant: ['pleasant', 'angenehm', 'सुखद', 'இனிமை', 'ఆహ్లాదం', 'सुखद'],
  unpleasant: ['unpleasant', 'unangenehm', 'अप्रिय', 'விரும்பாதது', 'అప్రియం', 'अप्रिय'],
  excited: ['excited', 'erregt', 'उत्तेजित', 'கிளர்ச்சி', 'ఉత్తేజం', 'उत्तेजित'],
  calm: ['calm', 'ruhig', 'शांत', 'அமைதி', 'ప్రశాంతం', 'शांत'],
  from_face: ['follows the face', 'folgt dem Gesicht', 'चेहरे के अनुसार', 'முகத்தைப் பின்தொடர்கிறது', 'ముఖాన్ని అనుసరిస్తోంది', 'चेहऱ्यानुसार'],
  by_hand: ['set by hand', 'von Hand gesetzt', 'हाथ से चुना गया', 'கையால் அமைக்கப்பட்டது', 'చేతితో ఎంచుకున్నది', 'हाताने ठरवलेली'],
  follow: ['Follow the face', 'Dem Gesicht folgen', 'चेहरे के अनुसार चलें', 'முகத்தைப் பின்தொடர்', 'ముఖాన్ని అనుసరించు', 'चेहऱ्यानुसार चला'],
  lead_hint: ['Click a face to let it lead.', 'Klicke das Gesicht an, das führen soll.', 'जिस चेहरे को आगे रखना हो, उस पर क्लिक करें।', 'வழிநடத்த வேண்டிய முகத்தைச் சொடுக்கவும்.', 'ఏ ముఖం నడిపించాలో దానిపై క్లిక్ చేయండి.', 'ज्या चेहऱ्याने पुढे राहावे त्यावर क्लिक करा.'],
  playing: ['Now playing', 'Es spielt', 'अभी बज रहा है', 'இப்போது ஒலிப்பது', 'ఇప్పుడు వినిపిస్తోంది', 'आता वाजत आहे'],
  piece: ['Piece', 'Stück', 'रचना', 'இசைத்துண்டு', 'కృతి', 'रचना'],
  level: ['Sound level', 'Pegel', 'ध्वनि स्तर', 'ஒலி அளவு', 'ధ్వని స్థాయి', 'ध्वनी पातळी'],
  pause: ['Pause', 'Pause', 'रोकें', 'இடைநிறுத்து', 'విరామం', 'थांबवा'],
  next: ['Another piece', 'Anderes Stück', 'दूसरी रचना', 'வேறு இசை', 'మరొక కృతి', 'दुसरी रचना'],
  volume: ['Volume', 'Lautstärke', 'आवाज़', 'ஒலியளவு', 'శబ్దం', 'आवाज'],
  music_should: ['The music should', 'Die Musik soll', 'संगीत को चाहिए', 'இசை செய்ய வேண்டியது', 'సంగీతం చేయవలసింది', 'संगीताने करावे'],
  mirror: ['mirror', 'spiegeln', 'दर्पण बने', 'பிரதிபலி', 'ప్రతిబింబించు', 'प्रतिबिंब'],
  regulate: ['help', 'helfen', 'सहारा दे', 'உதவு', 'సాయపడు', 'मदत'],
  why_mirror: ['plays what the face shows', 'spielt, was das Gesicht zeigt', 'चेहरे का भाव बजाता है', 'முகம் காட்டுவதை இசைக்கிறது', 'ముఖం చూపేదాన్ని వినిపిస్తుంది', 'चेहऱ्यावरील भाव वाजवते'],
  why_regulate: ['plays what helps with it', 'spielt, was dabei hilft', 'जो सहारा दे वह बजाता है', 'உதவுவதை இசைக்கிறது', 'సాయపడేదాన్ని వినిపిస్తుంది', 'मदत करणारे वाजवते'],
  music_from: ['Music from', 'Musik aus', 'संगीत का स्रोत', 'இசை எங்கிருந்து', 'సంగీతం ఎక్కడి నుండి', 'संगीत कुठून'],
  composed: ['Composed now', 'Neu komponiert', 'अभी रचा गया', 'இப்போது இயற்றியது', 'ఇప్పుడే స్వరపరచినది', 'आत्ता रचलेले'],
  my_songs: ['My songs', 'Meine Lieder', 'मेरे गाने', 'என் பாடல்கள்', 'నా పాటలు', 'माझी गाणी'],
  mixed: ['Both', 'Beides', 'दोनों', 'இரண்டும்', 'రెండూ', 'दोन्ही'],
  place: ['Position in the song', 'Stelle im Lied', 'गाने में स्थान', 'பாடலில் இடம்', 'పాటలో స్థానం', 'गाण्यातील जागा'],
  like: ['I like it', 'Gefällt mir', 'पसंद है', 'பிடிக்கிறது', 'నచ్చింది', 'आवडले'],
  dislike: ['I do not like it', 'Gefällt mir nicht', 'पसंद नहीं', 'பிடிக்கவில்லை', 'నచ్చలేదు', 'आवडले नाही'],
  too_sad: ['too sad', 'zu traurig', 'बहुत उदास', 'மிகவும் சோகம்', 'మరీ విషాదం', 'फार दुःखी'],
  too_happy: ['too happy', 'zu fröhlich', 'बहुत खुश', 'மிகவும் மகிழ்ச்சி', 'మరీ సంతోషం', 'फार आनंदी'],
  too_calm: ['too calm', 'zu ruhig', 'बहुत शांत', 'மிகவும் அமைதி', 'మరీ ప్రశాంతం', 'फार शांत'],
  too_wild: ['too wild', 'zu wild', 'बहुत तेज़', 'மிகவும் வேகம்', 'మరీ జోరు', 'फार जोरात'],
  undo: ['undo', 'zurücknehmen', 'वापस लें', 'மீட்டெடு', 'రద్దు చేయి', 'मागे घ्या'],
  learnt: ['Learnt from', 'Gelernt aus', 'इनसे सीखा', 'கற்றது', 'నేర్చుకున్నది', 'शिकले'],
  songs_genre: ['Genre of songs', 'Genre der Lieder', 'गानों की शैली', 'பாடல் வகை', 'పాటల శైలి', 'गाण्यांची शैली'],
  songs_language: ['Language of songs', 'Sprache der Lieder', 'गानों की भाषा', 'பாடல் மொழி', 'పాటల భాష', 'गाण्यांची भाषा'],
  up_next: ['Up next', 'Danach', 'इसके बाद', 'அடுத்தது', 'తరువాత', 'पुढे'],
  own_songs: ['To hear your own songs:', 'Für eigene Lieder:', 'अपने गाने सुनने के लिए:', 'உங்கள் பாடல்களுக்கு:', 'మీ పాటల కోసం:', 'स्वतःच्या गाण्यांसाठी:'],
  genre: ['Genre', 'Genre', 'शैली', 'இசை வகை', 'శైలి', 'शैली'],
  any: ['any', 'beliebig', 'कोई भी', 'ஏதேனும்', 'ఏదైనా', 'कोणतीही'],
  free: ['as the mood has it', 'wie die Stimmung es will', 'मनोदशा के अनुसार', 'மனநிலைக்கேற்ப', 'మానసిక స్థితిని బట్టి', 'मनःस्थितीनुसार'],
  style: ['Style', 'Stil', 'शैली', 'பாணி', 'శైలి', 'शैली'],
  played: ['as a pianist plays', 'wie am Klavier gespielt', 'जैसे पियानो पर बजाया', 'பியானோவில் வாசிப்பது போல', 'పియానోపై వాయించినట్లు', 'पियानोवर वाजवल्यासारखे'],
  arranged: ['arranged', 'arrangiert', 'संयोजित', 'ஏற்பாடு', 'ఏర్పాటు', 'रचना'],
  for_piano: ['piano', 'Klavier', 'पियानो', 'பியானோ', 'పియానో', 'पियानो'],
  for_band: ['band', 'Band', 'बैंड', 'இசைக்குழு', 'బ్యాండ్', 'बँड'],
  for_strings: ['strings', 'Streicher', 'तार वाद्य', 'நரம்பிசை', 'తంత్రీ వాద్యాలు', 'तंतुवाद्ये'],
  for_chiptune: ['game console', 'Spielkonsole', 'गेम कंसोल', 'விளையாட்டு இசை', 'గేమ్ కన్సోల్', 'गेम कन्सोल'],
  instrument: ['Instrument', 'Instrument', 'वाद्य', 'இசைக்கருவி', 'వాద్యం', 'वाद्य'],
  piano: ['Piano', 'Klavier', 'पियानो', 'பியானோ', 'పియానో', 'पियानो'],
  musicbox: ['Music box', 'Spieluhr', 'म्यूज़िक बॉक्स', 'இசைப்பெட்டி', 'మ్యూజిక్ బాక్స్', 'म्युझिक बॉक्स'],
  vibraphone: ['Vibraphone', 'Vibraphon', 'वाइब्राफोन', 'வைப்ரஃபோன்', 'వైబ్రాఫోన్', 'व्हायब्राफोन'],
  guitar: ['Guitar', 'Gitarre', 'गिटार', 'கிட்டார்', 'గిటార్', 'गिटार'],
  harp: ['Harp', 'Harfe', 'हार्प', 'ஹார்ப்', 'హార్ప్', 'हार्प'],
  strings: ['Strings', 'Streicher', 'तार वाद्य', 'நரம்பிசை', 'తంత్రీ వాద్యాలు', 'तंतुवाद्ये'],
  sitar: ['Sitar', 'Sitar', 'सितार', 'சித்தார்', 'సితార్', 'सतार'],
  flute: ['Flute', 'Flöte', 'बाँसुरी', 'புல்லாங்குழல்', 'వేణువు', 'बासरी'],
  history: ['Session', 'Sitzung', 'सत्र', 'அமர்வு', 'సెషన్', 'सत्र'],
  drop: ['Drop a picture or a video here.', 'Ein Bild oder Video hierher ziehen.', 'कोई चित्र या वीडियो यहाँ छोड़ें।', 'ஒரு படம் அல்லது காணொளியை இங்கே விடவும்.', 'చిత్రం లేదా వీడియోను ఇక్కడ వదలండి.', 'चित्र किंवा व्हिडिओ येथे सोडा.'],
  choose: ['Choose a file', 'Datei wählen', 'फ़ाइल चुनें', 'கோப்பைத் தேர்ந்தெடு', 'ఫైల్ ఎంచుకోండి', 'फाइल निवडा'],
  save_picture: ['Save the annotated picture', 'Beschriftetes Bild speichern', 'अंकित चित्र सहेजें', 'குறிப்புகளுடன் படத்தைச் சேமி', 'గుర్తులున్న చిత్రాన్ని భద్రపరచు', 'खुणा केलेले चित्र जतन करा'],
  faces: ['Faces', 'Gesichter', 'चेहरे', 'முகங்கள்', 'ముఖాలు', 'चेहरे'],
  no_face: ['No face in view', 'Kein Gesicht zu sehen', 'कोई चेहरा नहीं दिख रहा', 'முகம் தெரியவில்லை', 'ముఖం కనిపించడం లేదు', 'चेहरा दिसत नाही'],
  emotion: ['Emotion', 'Gefühl', 'भाव', 'உணர்வு', 'భావం', 'भावना'],
  angry: ['angry', 'wütend', 'गुस्सा', 'கோபம்', 'కోపం', 'राग'],
  disgust: ['disgusted', 'angeekelt', 'घृणा', 'அருவருப்பு', 'అసహ్యం', 'किळस'],
  fear: ['afraid', 'ängstlich', 'डर', 'பயம்', 'భయం', 'भीती'],
  happy: ['happy', 'fröhlich', 'खुश', 'மகிழ்ச்சி', 'సంతోషం', 'आनंदी'],
  sad: ['sad', 'traurig', 'उदास', 'சோகம்', 'విచారం', 'दुःखी'],
  surprise: ['surprised', 'überrascht', 'हैरान', 'ஆச்சரியம்', 'ఆశ్చర్యం', 'आश्चर्य'],
  neutral: ['neutral', 'neutral', 'सामान्य', 'இயல்பு', 'సాధారణం', 'सामान्य'],
  seconds: ['Length in seconds', 'Länge in Sekunden', 'अवधि, सेकंड में', 'நீளம், விநாடிகளில்', 'నిడివి, సెకన్లలో', 'लांबी, सेकंदांत'],
  key: ['Key', 'Tonart', 'स्वर', 'சுருதி', 'శ్రుతి', 'स्वर'],
  tempo: ['Tempo', 'Tempo', 'गति', 'வேகம்', 'వేగం', 'लय'],
  compose_now: ['Compose', 'Komponieren', 'रचें', 'இசையமை', 'స్వరపరచు', 'रचा'],
  composing: ['Composing …', 'Komponiere …', 'रचा जा रहा है …', 'இசையமைக்கிறது …', 'స్వరపరుస్తోంది …', 'रचत आहे …'],
  roll: ['Piano roll of the piece', 'Notenrolle des Stücks', 'रचना का पियानो रोल', 'இசையின் பியானோ ரோல்', 'కృతి పియానో రోల్', 'रचनेचा पियानो रोल'],
  notes: ['notes', 'Töne', 'स्वर', 'சுரங்கள்', 'స్వరాలు', 'स्वर'],
  refused: ['The camera was refused or is not there. Click in the mood plane instead: the music follows.', 'Die Kamera wurde verweigert oder fehlt. Klicke in die Stimmungsebene: die Musik folgt.', 'कैमरा नहीं मिला या अनुमति नहीं दी गई। मनोदशा के चित्र पर क्लिक करें: संगीत उसी के साथ चलेगा।', 'கேமரா மறுக்கப்பட்டது அல்லது இல்லை. மனநிலைத் தளத்தில் சொடுக்கவும்: இசை பின்தொடரும்.', 'కెమెరాకు అనుమతి లేదు లేదా కెమెరా లేదు. మానసిక స్థితి పటంపై క్లిక్ చేయండి: సంగీతం అనుసరిస్తుంది.', 'कॅमेरा नाकारला गेला किंवा नाही. मनःस्थितीच्या पटावर क्लिक करा: संगीत त्यामागे चालेल.'],
  no_token: ['Open the link that “affekt serve” prints: the part after # is missing or old.', 'Öffne den Link, den „affekt serve“ ausgibt: der Teil nach # fehlt oder ist alt.', '“affekt serve” जो लिंक दिखाता है उसे खोलें: # के बाद का भाग नहीं है या पुराना है।', '“affekt serve” காட்டும் இணைப்பைத் திறக்கவும்: # க்குப் பிந்தைய பகுதி இல்லை அல்லது பழையது.', '“affekt serve” చూపే లింక్‌ను తెరవండి: # తర్వాత భాగం లేదు లేదా పాతది.', '“affekt serve” दाखवत असलेला दुवा उघडा: # नंतरचा भाग नाही किंवा जुना आहे.'],
  away: ['The server does not answer. Trying again …', 'Der Server antwortet nicht. Neuer Versuch …', 'सर्वर उत्तर नहीं दे रहा। फिर कोशिश हो रही है …', 'சேவையகம் பதிலளிக்கவில்லை. மீண்டும் முயல்கிறது …', 'సర్వర్ స్పందించడం లేదు. మళ్ళీ ప్రయత్నిస్తోంది …', 'सर्व्हर उत्तर देत नाही. पुन्हा प्रयत्न होत आहे …'],
};
export const emotions = ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral'];
export const instruments = { piano: 0, musicbox: 10, vibraphone: 11, guitar: 24, harp: 46, strings: 48, flute: 73, sitar: 104 };

let chosen = 'en';
export const word = key => table[key][order.indexOf(chosen)];

// Puts the words of the language into the page.
export function speak(language) {
  chosen = order.includes(language) ? language : 'en';
  document.documentElement.lang = chosen;
  for (const e of document.querySelectorAll('[data-word]')) e.textContent = word(e.dataset.word);
  for (const e of document.querySelectorAll('[data-label]')) { e.setAttribute('aria-label', word(e.dataset.label)); if (e.tagName === 'BUTTON') e.title = word(e.dataset.label); }
  for (const e of document.querySelectorAll('[data-placeholder]')) e.placeholder = word(e.dataset.placeholder);
  document.dispatchEvent(new Event('spoken'));
}
export const preferred = () =>
  (navigator.languages || [navigator.language]).map(l => l.slice(0, 2)).find(l => order.includes(l)) || 'en';

/**
 * The worst passwords of ten characters or more, in lower case. From the first 2,000 of the list of the 100,000
 * most used passwords that the UK's National Cyber Security Centre published with Have I Been Pwned (2019), as kept
 * in danielmiessler/SecLists (MIT); shorter ones are refused by their length already.
 */
export const WORST_PASSWORDS: ReadonlySet<string> = new Set(
  `1234567890 1q2w3e4r5t qwertyuiop homelesspa 0123456789 0987654321 q1w2e3r4t5y6 1111111111 basketball
   passer2009 fqrg7cs493 3rjs1la7qe vqsablpzla cjmasterinf 1234567891 a123456789 123456789a 12345678910 q1w2e3r4t5
   liverpool1 1qaz2wsx3edc butterfly1 0000000000 qwerty12345 1234554321 tinkerbell chocolate1 elizabeth1
   myspace123 password123 spongebob1 hellokitty 1q2w3e4r5t6y 123hfjdk147 123456789q 4815162342 startfinding
   alexander1 asdfghjkl1 spiderman1 manchester beautiful1 421uiopy258 9876543210 1v7upjw3nt metallica1 1122334455
   1029384756 california christian1 qwerty123456 uqa9ebw445 iloveyou12 yagjecc826 qwerty1234 sz9kqcctwy
   justinbieb friendster 1234512345 123qweasdzxc strawberry azertyuiop 5555555555 christopher undertaker
   1123581321 sweetheart polniypizdec0211 3d8cubaj2e 12345qwerty zxcvbnm123 password11 southside1 realmadrid
   linkinpark w5txn36alfw hollister1 volleyball yuantuo2012 bestfriend princess12 babygirl12 abcdefg123
   diosesfiel fuckyou123 sojdlg123aljg 123456qwerty groupd2013 3odi15ngxb christina1 qti7zxh18u football12
   123456789m 123456789z terminator poiuytrewq harrypotter runescape1 christophe g9l2d1fzpy welcome123 aaaaaaaaaa
   megaparol12345 diwtgm8492 123456654321 jesuschrist 7894561230 dragonball paintball1 sexybitch1 hollywood1
   superstar1 september1 password01 motdepasse telechargement stephanie1`
    .split(/\s+/)
    .filter((password) => password.length >= 10),
);

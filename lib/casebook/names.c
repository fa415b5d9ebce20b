length = 0;
U16_APPEND_UNSAFE(decomposed, length, code_point);
}
for (int32_t i = 0; i < length;) {
	UChar32 c;

	U16_NEXT(decomposed, i, length, c);
	if (u_charType(c) == U_NON_SPACING_MARK) {
		word = true;
	} else if (u_isalnum(c) || u_charType(c) == U_COMBINING_SPACING_MARK) {
		utf8_append(out, (uint32_t)u_foldCase(c, U_FOLD_CASE_DEFAULT));
		word = true;

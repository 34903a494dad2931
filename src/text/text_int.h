/* Shared by the escapers. */
#ifndef TEXT_TEXT_INT_H
#define TEXT_TEXT_INT_H

#include "text/text.h"

#define TEXT_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* Writes the escape of a code point, or returns false: it stands for itself. */
typedef bool (*TextEscapeOne)(Buf *buf, uint32_t code_point);

/* Each code point as `escape` writes it, or as it is. */
void text_each(Buf *buf, Str text, TextEscapeOne escape);
/* Writes what a reviewer does not see as a visible escape, such as \x1b, \u202e. */
bool text_show_hidden(Buf *buf, uint32_t code_point);
bool text_is_one_of(char byte, Str bytes);

#endif

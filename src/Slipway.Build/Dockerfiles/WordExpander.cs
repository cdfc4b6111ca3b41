using System.Collections.Immutable;
using System.Text;

namespace Slipway.Build.Dockerfiles;

/// <summary>
/// Replaces <c>$name</c> and <c>${…}</c> and takes quotes and escapes away, as the Dockerfile reference describes under "Environment replacement":
/// <c>${x:-y} ${x:+y} ${x:?y}</c> and without the colon, <c>${x#p} ${x##p} ${x%p} ${x%%p} ${x/p/r} ${x//p/r}</c>.
/// </summary>
internal sealed class WordExpander(char escape)
{
    private const int MaximumDepth = 64;

    /// <summary>A word's value. Blanks inside stay.</summary>
    /// <param name="lookup">The value of a variable, or null where it is not set.</param>
    /// <exception cref="DockerfileSyntaxException">A quote or brace has no end, or <c>:?</c> asks for a value that is not there.</exception>
    public string ExpandWord(string word, Func<string, string?> lookup)
    {
        Cursor cursor = new(word, escape, lookup, SplitWords: false);
        cursor.Run('\0', 0);
        return cursor.Result();
    }

    /// <summary>The words of a line after replacement: an unquoted variable's value may give several.</summary>
    public ImmutableArray<string> ExpandWords(string text, Func<string, string?> lookup)
    {
        Cursor cursor = new(text, escape, lookup, SplitWords: true);
        cursor.Run('\0', 0);
        return cursor.Words();
    }

    private sealed record Cursor(string Text, char Escape, Func<string, string?> Lookup, bool SplitWords)
    {
        private readonly StringBuilder _word = new();
        private readonly ImmutableArray<string>.Builder _words = ImmutableArray.CreateBuilder<string>();
        private bool _started;
        private int _at;

        public string Result() => _word.ToString();

        public ImmutableArray<string> Words()
        {
            EndWord();
            return _words.ToImmutable();
        }

        /// <summary>Reads up to an unquoted <paramref name="stop"/> (left for the caller) or, with NUL, to the end.</summary>
        public void Run(char stop, int depth)
        {
            while (_at < Text.Length)
            {
                char current = Text[_at];
                if (stop != '\0' && current == stop)
                {
                    return;
                }

                if (current == '\'')
                {
                    SingleQuoted();
                }
                else if (current == '"')
                {
                    DoubleQuoted(depth);
                }
                else if (current == '$')
                {
                    AddUnquoted(Dollar(depth));
                }
                else if (current == Escape)
                {
                    _at++;
                    if (_at < Text.Length)
                    {
                        Add(Text[_at++]);
                    }
                }
                else
                {
                    AddUnquoted(current.ToString());
                    _at++;
                }
            }

            if (stop != '\0')
            {
                throw new DockerfileSyntaxException($"'{stop}' is missing in '{Text}'");
            }
        }

        private void SingleQuoted()
        {
            int end = Text.IndexOf('\'', _at + 1);
            if (end < 0)
            {
                throw new DockerfileSyntaxException($"a single quote has no end in: {Text}");
            }

            _started = true;
            _word.Append(Text.AsSpan(_at + 1, end - _at - 1));
            _at = end + 1;
        }

        private void DoubleQuoted(int depth)
        {
            _started = true;
            for (_at++; _at < Text.Length;)
            {
                char current = Text[_at];
                if (current == '"')
                {
                    _at++;
                    return;
                }

                if (current == '$')
                {
                    _word.Append(Dollar(depth));
                }
                else if (current == Escape && _at + 1 < Text.Length)
                {
                    char next = Text[_at + 1];
                    if (next != '"' && next != '$' && next != Escape)
                    {
                        _word.Append(current);
                    }

                    _word.Append(next);
                    _at += 2;
                }
                else
                {
                    _word.Append(current);
                    _at++;
                }
            }

            throw new DockerfileSyntaxException($"a double quote has no end in: {Text}");
        }

        private string Dollar(int depth)
        {
            if (depth >= MaximumDepth)
            {
                throw new DockerfileSyntaxException($"variables are nested deeper than {MaximumDepth}");
            }

            _at++;
            if (_at < Text.Length && Text[_at] == '{')
            {
                _at++;
                return Braced(depth + 1);
            }

            string name = Name();
            return name.Length == 0 ? "$" : Lookup(name) ?? "";
        }

        private string Braced(int depth)
        {
            string name = Name();
            if (name.Length == 0)
            {
                throw new DockerfileSyntaxException($"'${{' is not followed by a name in: {Text}");
            }

            string? value = Lookup(name);
            char modifier = Take();
            if (modifier == '}')
            {
                return value ?? "";
            }

            bool colon = modifier == ':';
            modifier = colon ? Take() : modifier;
            bool set = colon ? !string.IsNullOrEmpty(value) : value is not null;
            switch (modifier)
            {
                case '-':
                    string fallback = Until('}', depth);
                    return set ? value! : fallback;
                case '+':
                    string replacement = Until('}', depth);
                    return set ? replacement : "";
                case '?':
                    string message = Until('}', depth);
                    return set ? value! : throw new DockerfileSyntaxException($"{name}: {(message.Length > 0 ? message : "not set")}");
                case '#' or '%' when !colon:
                    bool longest = Peek() == modifier;
                    _at += longest ? 1 : 0;
                    string pattern = Until('}', depth);
                    return modifier == '#' ? ShellPattern.TrimPrefix(value ?? "", pattern, longest) : ShellPattern.TrimSuffix(value ?? "", pattern, longest);
                case '/' when !colon:
                    bool all = Peek() == '/';
                    _at += all ? 1 : 0;
                    string search = Until('/', depth);
                    return ShellPattern.Replace(value ?? "", search, Until('}', depth), all);
                default:
                    throw new DockerfileSyntaxException($"'{(colon ? ":" : "")}{modifier}' is not a modifier of a variable in: {Text}");
            }
        }

        private string Until(char stop, int depth)
        {
            Cursor inner = new(Text, Escape, Lookup, SplitWords: false) { _at = _at };
            inner.Run(stop, depth);
            _at = inner._at + 1;
            return inner.Result();
        }

        private char Peek() => _at < Text.Length ? Text[_at] : '\0';

        private char Take() => _at < Text.Length ? Text[_at++] : throw new DockerfileSyntaxException($"'}}' is missing in '{Text}'");

        // A name, or one digit or special parameter as the shell has them; those are never set here.
        private string Name()
        {
            int start = _at;
            if (_at < Text.Length && (char.IsAsciiLetter(Text[_at]) || Text[_at] == '_'))
            {
                while (_at < Text.Length && (char.IsAsciiLetterOrDigit(Text[_at]) || Text[_at] == '_'))
                {
                    _at++;
                }
            }
            else if (_at < Text.Length && char.IsAsciiDigit(Text[_at]))
            {
                while (_at < Text.Length && char.IsAsciiDigit(Text[_at]))
                {
                    _at++;
                }
            }
            else if (_at < Text.Length && Text[_at] is '@' or '*' or '#' or '?' or '-' or '!')
            {
                _at++;
            }

            return Text[start.._at];
        }

        private void AddUnquoted(string text)
        {
            if (!SplitWords)
            {
                _word.Append(text);
                return;
            }

            foreach (char current in text)
            {
                if (char.IsWhiteSpace(current))
                {
                    EndWord();
                }
                else
                {
                    Add(current);
                }
            }
        }

        private void Add(char current)
        {
            _started = true;
            _word.Append(current);
        }

        private void EndWord()
        {
            if (_started || _word.Length > 0)
            {
                _words.Add(_word.ToString());
            }

            _word.Clear();
            _started = false;
        }
    }
}

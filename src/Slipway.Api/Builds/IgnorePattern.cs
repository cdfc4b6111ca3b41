namespace Slipway.Api;

/// <summary>
/// One line of an ignore file, compiled: <c>*</c> and <c>?</c> stay within a path entry, <c>**/</c> is any number of folders, a trailing <c>**</c>
/// everything below, <c>[a-z]</c> and <c>[^a-z]</c> a class, <c>\</c> takes the next character as it is.
/// </summary>
internal sealed class IgnorePattern
{
    private readonly List<Token> tokens = [];

    /// <param name="text">Cleaned: no leading or trailing slash, no dots.</param>
    /// <param name="includes">The line began with <c>!</c>.</param>
    public IgnorePattern(string text, bool includes)
    {
        Includes = includes;
        int wildcard = text.AsSpan().IndexOfAny(@"*?[\");
        LiteralPrefix = wildcard < 0 ? text : text[..wildcard];
        for (int i = 0; i < text.Length;)
        {
            i = Read(text, i);
        }
    }

    private enum TokenKind
    {
        Literal,
        AnyOne,
        AnyInEntry,
        AnyFolders,
        Anything,
        Class,
    }

    public bool Includes { get; }

    /// <summary>What every match begins with.</summary>
    public string LiteralPrefix { get; }

    /// <summary>Whether the whole path matches. Takes time in proportion to path × pattern, whatever they are.</summary>
    public bool Matches(ReadOnlySpan<char> path)
    {
        bool[] reached = new bool[tokens.Count + 1];
        bool[] next = new bool[tokens.Count + 1];
        Spread(reached, 0);
        for (int i = 0; i < path.Length; i++)
        {
            Array.Clear(next);
            for (int t = 0; t < tokens.Count; t++)
            {
                if (reached[t])
                {
                    Step(next, t, path[i]);
                }
            }

            (reached, next) = (next, reached);
        }

        return reached[tokens.Count];
    }

    /// <summary>Marks a state, and those beyond tokens that may match nothing.</summary>
    private void Spread(bool[] states, int state)
    {
        states[state] = true;
        while (state < tokens.Count && tokens[state].Kind is TokenKind.AnyInEntry or TokenKind.Anything or TokenKind.AnyFolders)
        {
            states[++state] = true;
        }
    }

    private void Step(bool[] next, int state, char c)
    {
        Token token = tokens[state];
        switch (token.Kind)
        {
            case TokenKind.Literal when token.Text[0] == c:
            case TokenKind.AnyOne when c != '/':
            case TokenKind.Class when InClass(token.Text, c):
                Spread(next, state + 1);
                break;
            case TokenKind.AnyInEntry when c != '/':
            case TokenKind.Anything:
                Spread(next, state);
                break;
            case TokenKind.AnyFolders:
                next[state] = true;
                if (c == '/')
                {
                    Spread(next, state + 1);
                }

                break;
        }
    }

    private static bool InClass(string text, char c)
    {
        bool negated = text.StartsWith('^');
        bool found = false;
        for (int i = negated ? 1 : 0; i < text.Length; i++)
        {
            char low = text[i] == '\\' && i + 1 < text.Length ? text[++i] : text[i];
            char high = low;
            if (i + 2 < text.Length && text[i + 1] == '-')
            {
                i += 2;
                high = text[i] == '\\' && i + 1 < text.Length ? text[++i] : text[i];
            }

            found |= low <= c && c <= high;
        }

        return found != negated && c != '/';
    }

    private int Read(string text, int i)
    {
        switch (text[i])
        {
            case '*' when i + 1 < text.Length && text[i + 1] == '*':
                i += 2;
                if (i < text.Length && text[i] == '/')
                {
                    i++;
                }

                tokens.Add(new Token(i == text.Length ? TokenKind.Anything : TokenKind.AnyFolders, ""));
                return i;
            case '*':
                tokens.Add(new Token(TokenKind.AnyInEntry, ""));
                return i + 1;
            case '?':
                tokens.Add(new Token(TokenKind.AnyOne, ""));
                return i + 1;
            case '[':
                int close = text.IndexOf(']', i + 2 < text.Length && text[i + 1] == '^' ? i + 3 : Math.Min(i + 2, text.Length));
                if (close < 0)
                {
                    throw new FormatException("'[' has no ']'");
                }

                tokens.Add(new Token(TokenKind.Class, text[(i + 1)..close]));
                return close + 1;
            case '\\' when i + 1 < text.Length:
                tokens.Add(new Token(TokenKind.Literal, text[i + 1].ToString()));
                return i + 2;
            default:
                tokens.Add(new Token(TokenKind.Literal, text[i].ToString()));
                return i + 1;
        }
    }

    private readonly record struct Token(TokenKind Kind, string Text);
}

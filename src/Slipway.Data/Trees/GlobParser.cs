using System.Text;
using Slipway.Content;

namespace Slipway.Data.Trees;

/// <summary>Reads the text of a glob, already with a slash at its start and none at its end, from left to right.</summary>
internal sealed class GlobParser
{
    private const int MaxLength = 4096;
    private const int MaxDepth = 8;

    private readonly string _text;
    private int _at;

    private GlobParser(string text) => _text = text;

    public static IReadOnlyList<GlobSegment> Parse(string text)
    {
        GlobParser parser = new(text);
        if (text.Length > MaxLength)
        {
            throw parser.Fault($"it has more than {MaxLength} characters");
        }

        List<GlobSegment> segments = [];
        while (parser._at < text.Length)
        {
            parser._at++;
            if (text.Length > 1)
            {
                segments.Add(parser.ReadSegment());
            }
        }

        return segments;
    }

    private GlobSegment ReadSegment()
    {
        int start = _at;
        IReadOnlyList<GlobElement> elements = ReadSequence(0, "/");
        if (_at == start)
        {
            throw Fault("a part is empty");
        }

        if (elements is [GlobLiteral { Text: "." or ".." } dots])
        {
            throw Fault($"no entry is called '{dots.Text}'");
        }

        GlobStar star = elements is not [GlobRun { Super: true }] ? GlobStar.None
            : _at == _text.Length ? GlobStar.Below : GlobStar.Directories;
        return new GlobSegment(elements, star);
    }

    /// <summary>Reads elements up to one of <paramref name="ends"/>, which is not taken, or the end of the text.</summary>
    private List<GlobElement> ReadSequence(int depth, string ends)
    {
        List<GlobElement> elements = [];
        StringBuilder literal = new();
        while (_at < _text.Length && !ends.Contains(_text[_at]))
        {
            char c = _text[_at];
            if (ReadPattern(depth) is { } element)
            {
                Flush();
                elements.Add(element);
                continue;
            }

            if (c == '\\' && ++_at == _text.Length)
            {
                throw Fault("it ends with a backslash", _at);
            }

            literal.Append(_text[_at++]);
        }

        Flush();
        return elements;

        void Flush()
        {
            if (literal.Length > 0)
            {
                elements.Add(new GlobLiteral(literal.ToString()));
                literal.Clear();
            }
        }
    }

    /// <summary>Reads one element that is no literal; null, and nothing taken, where a literal stands.</summary>
    private GlobElement? ReadPattern(int depth)
    {
        char c = _text[_at];
        bool opens = _at + 1 < _text.Length && _text[_at + 1] == '(';
        switch (c)
        {
            case '?' or '*' or '+' or '@' or '!' when opens:
                _at++;
                return ReadGroup(depth, ')', '|', c switch
                {
                    '?' => GlobRepeat.Optional,
                    '*' => GlobRepeat.Any,
                    '+' => GlobRepeat.Several,
                    '@' => GlobRepeat.Once,
                    _ => GlobRepeat.Not,
                });
            case '{':
                return ReadGroup(depth, '}', ',', GlobRepeat.Once);
            case '[':
                return ReadSet();
            case '?':
                _at++;
                return new GlobCharacter([], Negated: true);
            case '*':
                return ReadRun();
            default:
                return null;
        }
    }

    private GlobRun ReadRun()
    {
        int stars = 0;
        while (_at < _text.Length && _text[_at] == '*' && !(_at + 1 < _text.Length && _text[_at + 1] == '('))
        {
            stars++;
            _at++;
        }

        return new GlobRun(stars > 1);
    }

    private GlobGroup ReadGroup(int depth, char close, char separator, GlobRepeat repeat)
    {
        int start = _at++;
        if (depth == MaxDepth)
        {
            throw Fault($"groups stand more than {MaxDepth} deep", start);
        }

        List<IReadOnlyList<GlobElement>> alternatives = [];
        while (true)
        {
            alternatives.Add(ReadSequence(depth + 1, $"{close}{separator}"));
            if (_at == _text.Length)
            {
                throw Fault($"'{_text[start]}' is not closed by '{close}'", start);
            }

            if (_text[_at++] == close)
            {
                return new GlobGroup(repeat, alternatives);
            }
        }
    }

    private GlobCharacter ReadSet()
    {
        int start = _at++;
        bool negated = _at < _text.Length && _text[_at] is '!' or '^';
        _at += negated ? 1 : 0;
        int first = _at;
        List<(int From, int To)> ranges = [];
        while (_at < _text.Length && (_text[_at] != ']' || _at == first))
        {
            int from = ReadSetCharacter(start);
            int to = from;
            if (_at + 1 < _text.Length && _text[_at] == '-' && _text[_at + 1] != ']')
            {
                _at++;
                to = ReadSetCharacter(start);
                if (to < from)
                {
                    throw Fault("a range in a set goes backwards", start);
                }
            }

            ranges.Add((from, to));
        }

        if (_at >= _text.Length)
        {
            throw Fault("'[' is not closed by ']'", start);
        }

        _at++;
        return new GlobCharacter(ranges, negated);
    }

    private int ReadSetCharacter(int start)
    {
        if (_text[_at] == '\\')
        {
            _at++;
        }

        if (_at >= _text.Length || _text[_at] == '/')
        {
            throw Fault(_at >= _text.Length ? "'[' is not closed by ']'" : "a set holds no '/'", start);
        }

        bool pair = char.IsHighSurrogate(_text[_at]) && _at + 1 < _text.Length && char.IsLowSurrogate(_text[_at + 1]);
        int character = pair ? char.ConvertToUtf32(_text, _at) : _text[_at];
        _at += pair ? 2 : 1;
        return character;
    }

    private SlipwayException Fault(string why, int? at = null) => new(
        ErrorKind.InvalidArgument,
        $"'{_text}' is not a glob: column {(at ?? _at) + 1}: {why}",
        "A character that means something in a glob is written with a backslash before it: \\*, \\[, \\{.");
}

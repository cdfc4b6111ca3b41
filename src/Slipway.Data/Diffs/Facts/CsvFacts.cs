using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace Slipway.Data.Diffs.Facts;

/// <summary>Counts the records of delimited text (RFC 4180): quoted fields may hold delimiters and line ends. The first record names the columns.</summary>
internal static class CsvFacts
{
    private const int LongestHeader = 1 << 20;
    private const int PieceBytes = 256 * 1024;

    /// <summary>Null where the first record is too long to be a header, or the file is binary.</summary>
    public static async ValueTask<FileFacts?> ReadAsync(Stream content, bool tabs, CancellationToken cancellationToken)
    {
        Counter counter = new();
        byte[] piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            int count;
            while ((count = await content.ReadAsync(piece, cancellationToken)) > 0)
            {
                if (!counter.Add(piece.AsSpan(0, count)))
                {
                    return null;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }

        return counter.Finish(tabs);
    }

    private static ImmutableArray<string> Columns(ReadOnlySpan<byte> header, bool tabs)
    {
        string text = Encoding.UTF8.GetString(header).TrimStart('\uFEFF');
        char delimiter = tabs ? '\t' : text.Contains(',', StringComparison.Ordinal) || !text.Contains(';', StringComparison.Ordinal) ? ',' : ';';
        ImmutableArray<string>.Builder columns = ImmutableArray.CreateBuilder<string>();
        StringBuilder field = new();
        bool quoted = false;
        foreach (char c in text)
        {
            if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == delimiter && !quoted)
            {
                columns.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        columns.Add(field.ToString());
        return columns.ToImmutable();
    }

    /// <summary>Goes through the bytes once; a quote that is doubled opens what it has just closed, so quotes need no look ahead.</summary>
    private sealed class Counter
    {
        private readonly ArrayBufferWriter<byte> _header = new();
        private bool _quoted;
        private bool _any;
        private bool _headerEnded;
        private long _records;

        public bool Add(ReadOnlySpan<byte> bytes)
        {
            int at = 0;
            while (at < bytes.Length)
            {
                int next = bytes[at..].IndexOfAny((byte)'"', (byte)'\n', (byte)0);
                int run = next < 0 ? bytes.Length - at : next;
                _any |= bytes.Slice(at, run).ContainsAnyExcept((byte)'\r', (byte)' ');
                if (!_headerEnded)
                {
                    _header.Write(bytes.Slice(at, run));
                }

                at += run;
                if (next < 0)
                {
                    break;
                }

                if (!Meet(bytes[at++]))
                {
                    return false;
                }
            }

            return _headerEnded || _header.WrittenCount <= LongestHeader;
        }

        public FileFacts Finish(bool tabs)
        {
            EndRecord();
            return new FileFacts(tabs ? "TSV" : "CSV")
            {
                Rows = Math.Max(0, _records - 1),
                Columns = _records == 0 ? [] : Columns(_header.WrittenSpan.TrimEnd((byte)'\r'), tabs),
            };
        }

        private bool Meet(byte sign)
        {
            if (sign == 0)
            {
                return false;
            }

            if (sign == (byte)'"')
            {
                _quoted = !_quoted;
                _any = true;
            }
            else if (!_quoted)
            {
                EndRecord();
                return true;
            }

            if (!_headerEnded)
            {
                _header.Write([sign]);
            }

            return true;
        }

        /// <summary>A line without anything is no record.</summary>
        private void EndRecord()
        {
            if (_any)
            {
                _records++;
                _headerEnded = true;
            }
            else if (!_headerEnded)
            {
                _header.ResetWrittenCount();
            }

            _any = false;
        }
    }
}

using System.Buffers.Binary;
using System.Text;

namespace Slipway.Api;

/// <summary>
/// A command line that a client asks its server to carry out in the server's own process (a warm command): the client has then nothing to load. On the wire it
/// is this record's bytes after their length, 4 bytes with the least first; see <see cref="CommandChannel"/> for what comes back.
/// </summary>
public sealed record CommandCall
{
    /// <summary>The longest that a server takes, in bytes: the kernel gives a process 2 MiB of arguments and environment by default.</summary>
    public const int MaximumLength = 8 * 1024 * 1024;

    /// <summary>The client's executable. A server of another build declines: it would understand the words in another way.</summary>
    public required SeenFile Program { get; init; }

    /// <summary>What relative paths start from.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The words after the program's name.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The client's variables as execve(2) got them: <c>NAME=VALUE</c>, each ended by a NUL.</summary>
    public required byte[] Environment { get; init; }

    /// <summary>Files and folders that the command is about. A server that sees another one at any of the paths declines.</summary>
    public required IReadOnlyList<SeenFile> Seen { get; init; }

    /// <summary>Written by hand, because a client's start is most of what a warm command costs.</summary>
    public byte[] ToBytes()
    {
        CallWriter writer = new();
        writer.Put(Program);
        writer.Put(WorkingDirectory);
        writer.Put(Arguments.Count);
        for (int i = 0; i < Arguments.Count; i++)
        {
            writer.Put(Arguments[i]);
        }

        writer.Put(Environment);
        writer.Put(Seen.Count);
        for (int i = 0; i < Seen.Count; i++)
        {
            writer.Put(Seen[i]);
        }

        return writer.ToBytes();
    }

    /// <exception cref="InvalidDataException">They are not a call's bytes.</exception>
    public static CommandCall Parse(ReadOnlySpan<byte> bytes)
    {
        CallReader reader = new(bytes);
        SeenFile program = reader.File();
        string folder = reader.Text();
        List<string> arguments = [];
        for (int count = reader.Number(); count > 0; count--)
        {
            arguments.Add(reader.Text()); // A count that lies ends with the bytes.
        }

        byte[] environment = reader.Bytes().ToArray();
        List<SeenFile> seen = [];
        for (int count = reader.Number(); count > 0; count--)
        {
            seen.Add(reader.File());
        }

        return reader.AtEnd
            ? new CommandCall { Program = program, WorkingDirectory = folder, Arguments = arguments, Environment = environment, Seen = seen }
            : throw new InvalidDataException("a command call has bytes after its end");
    }

    /// <summary>The variables by name; of a name that stands there twice, the first, as getenv(3) has it.</summary>
    public Dictionary<string, string> Variables()
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (string entry in Encoding.UTF8.GetString(Environment).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
            {
                variables.TryAdd(entry[..equals], entry[(equals + 1)..]);
            }
        }

        return variables;
    }

    /// <summary>Numbers with the least byte first; texts as UTF-8 and bytes after their length.</summary>
    private sealed class CallWriter
    {
        private byte[] bytes = new byte[8 * 1024];
        private int length;

        public void Put(int number) => BinaryPrimitives.WriteInt32LittleEndian(Take(sizeof(int)), number);

        public void Put(string text)
        {
            int count = Encoding.UTF8.GetByteCount(text);
            Put(count);
            Encoding.UTF8.GetBytes(text, Take(count));
        }

        public void Put(byte[] value)
        {
            Put(value.Length);
            value.AsSpan().CopyTo(Take(value.Length));
        }

        public void Put(SeenFile file)
        {
            Put(file.Path);
            BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), file.Device);
            BinaryPrimitives.WriteUInt64LittleEndian(Take(sizeof(ulong)), file.Inode);
        }

        public byte[] ToBytes() => bytes.AsSpan(0, length).ToArray();

        private Span<byte> Take(int count)
        {
            if (bytes.Length - length < count)
            {
                byte[] larger = new byte[Math.Max(2 * bytes.Length, length + count)];
                bytes.AsSpan(0, length).CopyTo(larger);
                bytes = larger;
            }

            length += count;
            return bytes.AsSpan(length - count, count);
        }
    }

    private ref struct CallReader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> rest = bytes;

        public readonly bool AtEnd => rest.IsEmpty;

        public int Number() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

        public ReadOnlySpan<byte> Bytes() => Take(Number());

        public string Text() => Encoding.UTF8.GetString(Bytes());

        public SeenFile File() => new(Text(), BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong))), BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong))));

        private ReadOnlySpan<byte> Take(int count)
        {
            if (count < 0 || count > rest.Length)
            {
                throw new InvalidDataException("a command call is cut off, or no such call");
            }

            ReadOnlySpan<byte> taken = rest[..count];
            rest = rest[count..];
            return taken;
        }
    }
}

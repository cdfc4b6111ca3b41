using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Slipway.Api;
using Slipway.Cli.Servers;
using Slipway.Linux;

namespace Slipway.Cli.Warm;

/// <summary>
/// Asks the local server to carry out a command (docs/decisions, warm commands), and is its hands: writes what it says to stdout and stderr, ends with its exit
/// code, and by ending tells it that nobody waits any more. It must load next to nothing, so it blocks, and parses by hand the little that it reads.
/// </summary>
internal static class WarmClient
{
    private const string Head = $"GET {Routes.Command} HTTP/1.1\r\nHost: slipway\r\nConnection: Upgrade\r\nUpgrade: slipway-command\r\n\r\n";
    private const int FrameHead = 5;

    /// <summary>The exit code; null: the client has to carry it out itself, and nothing was done yet.</summary>
    public static int? TryRun(string[] args)
    {
        List<string> paths = [];
        if (!WarmCommands.Match(args, paths)
            || Environment.GetEnvironmentVariable("SLIPWAY_HOST") is { Length: > 0 }
            || Environment.GetEnvironmentVariable("SLIPWAY_WARM") == "0"
            || Terminal.IsOutput
            || Terminal.IsErrorOutput)
        {
            return null;
        }

        try
        {
            string socket = ServerAddress.From(Environment.GetEnvironmentVariable, Environment.IsPrivilegedProcess).SocketPath;
            if (Encoding.UTF8.GetByteCount(socket) > Libc.MaximumUnixPathBytes)
            {
                return null;
            }

            CommandCall? call = Describe(args, paths);
            if (call is null)
            {
                return null;
            }

            using UnixStream connection = UnixStream.Connect(socket);
            return Ask(connection, call);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // Nobody listens, or has gone: the client finds out what that means.
        }
    }

    private static CommandCall? Describe(string[] args, List<string> paths)
    {
        string folder = Environment.CurrentDirectory;
        paths.Add("/");
        paths.Add(folder);
        SeenFile[] seen = new SeenFile[paths.Count];
        for (int i = 0; i < seen.Length; i++)
        {
            string full = Path.GetFullPath(paths[i], folder);
            if (!Libc.TryStatus(full, out FileStatus status) || status.IsSymlink)
            {
                return null;
            }

            seen[i] = new SeenFile(full, status.Device, status.Inode);
        }

        string? program = Environment.ProcessPath;
        return program is not null && Libc.TryStatus(program, out FileStatus executable)
            ? new CommandCall
            {
                Program = new SeenFile(program, executable.Device, executable.Inode),
                WorkingDirectory = folder,
                Arguments = args,
                Environment = ReadVariables(),
                Seen = seen,
            }
            : null;
    }

    private static byte[] ReadVariables()
    {
        using SafeFileHandle file = Libc.Open("/proc/self/environ", OpenFlags.ReadOnly);
        byte[] bytes = new byte[16 * 1024];
        int length = 0;
        while (Libc.Read((int)file.DangerousGetHandle(), bytes.AsSpan(length)) is int count and > 0)
        {
            length += count;
            if (length == bytes.Length)
            {
                Array.Resize(ref bytes, 2 * length);
            }
        }

        return bytes.AsSpan(0, length).ToArray();
    }

    private static int? Ask(UnixStream connection, CommandCall call)
    {
        byte[] body = call.ToBytes();
        byte[] head = Encoding.UTF8.GetBytes(Head);
        byte[] request = new byte[head.Length + sizeof(int) + body.Length];
        head.AsSpan().CopyTo(request);
        BinaryPrimitives.WriteInt32LittleEndian(request.AsSpan(head.Length), body.Length);
        body.AsSpan().CopyTo(request.AsSpan(head.Length + sizeof(int)));
        connection.Write(request);

        byte[] buffer = new byte[64 * 1024];
        int filled = 0;
        int end;
        while ((end = buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8)) < 0)
        {
            int count = filled < buffer.Length ? connection.Read(buffer.AsSpan(filled)) : 0;
            if (count == 0)
            {
                return null;
            }

            filled += count;
        }

        if (!buffer.AsSpan(0, filled).StartsWith("HTTP/1.1 101 "u8))
        {
            return null;
        }

        try
        {
            return Follow(connection, buffer, end + 4, filled);
        }
        catch (LinuxException fault) when (fault.Errno == Errno.EPIPE)
        {
            return ExitCodes.Failure; // Who read our output has gone: nobody is left to tell.
        }
        catch (IOException)
        {
            return Lost();
        }
    }

    /// <summary>It may have done a part: to begin anew would be wrong.</summary>
    private static int Lost()
    {
        using StandardStream error = new(2);
        error.Write("error: lost the server in the middle of the command\nhint: see the end of daemon.log in SLIPWAY_HOME, then try again\n"u8);
        return ExitCodes.Failure;
    }

    /// <summary>Passes frames on until the last. A frame is handled as it comes in, piece by piece: it may be longer than the buffer.</summary>
    private static int? Follow(UnixStream connection, byte[] buffer, int start, int end)
    {
        bool begun = false;
        while (true)
        {
            if (!Fill(FrameHead))
            {
                return Lost();
            }

            CommandChannel channel = (CommandChannel)buffer[start];
            int length = BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(start + 1));
            start += FrameHead;
            switch (channel)
            {
                case CommandChannel.Declined:
                    return begun ? Lost() : null;
                case CommandChannel.Exit when Fill(sizeof(int)):
                    return BinaryPrimitives.ReadInt32LittleEndian(buffer.AsSpan(start));
                case CommandChannel.Exit:
                    return Lost();
            }

            begun = true;
            for (; length > 0; length -= Pass(channel, Math.Min(length, end - start)))
            {
                if (!Fill(1))
                {
                    return Lost();
                }
            }
        }

        bool Fill(int needed)
        {
            if (end - start < needed && start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            while (end - start < needed)
            {
                int count = connection.Read(buffer.AsSpan(end));
                if (count == 0)
                {
                    return false;
                }

                end += count;
            }

            return true;
        }

        int Pass(CommandChannel channel, int count)
        {
            for (int done = 0; done < count;)
            {
                done += Libc.Write(channel == CommandChannel.Error ? 2 : 1, buffer.AsSpan(start + done, count - done));
            }

            start += count;
            return count;
        }
    }
}

import { PrismaPg } from "@prisma/adapter-pg";
import { Note, PrismaClient } from "@prisma/client";

// The pool connects on the first query, so the server starts without a database.
const adapter = new PrismaPg({ connectionString: process.env.DATABASE_URL });
const prisma = new PrismaClient({ adapter });

export function listNotes(): Promise<Note[]> {
  return prisma.note.findMany({ orderBy: { createdAt: "desc" }, take: 50 });
}

export function addNote(title: string, body: string): Promise<Note> {
  return prisma.note.create({ data: { title, body } });
}
